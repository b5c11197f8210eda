/// One signature over an HTTP message (RFC 9421): made here, or found in a message.
public struct MessageSignature: Sendable {
    /// More signatures than this on one message are refused.
    public static let countLimit = 8

    public let label: String
    public let components: [ComponentIdentifier]
    public let parameters: SignatureParameters
    public let signature: [UInt8]
    /// The covered components and parameters as they are signed, in the sender's order.
    let input: StructuredField.InnerList

    /// The `Signature-Input` and `Signature` lines to add to the message.
    public var headers: [SignableMessage.Header] {
        [
            .init("Signature-Input", "\(label)=\(input.text)"),
            .init("Signature", "\(label)=\(StructuredField.BareItem.bytes(signature).text)"),
        ]
    }

    /// Signs a message (section 3.1).
    /// - Parameter label: lower-case letters, digits, `-`, `_`, `.`; it names the signature within the message only.
    public static func sign(
        _ message: SignableMessage, label: String = "sig", components: [ComponentIdentifier], parameters: SignatureParameters,
        by key: MessageSigningKey
    ) throws(MessageSignatureError) -> MessageSignature {
        guard (try? StructuredFieldParser.dictionary(label))?.entries.first?.key == label else { throw .malformed("label") }
        if let algorithm = parameters.algorithm, algorithm != key.algorithm.rawValue { throw .algorithm(algorithm) }
        let input = StructuredField.InnerList(items: components.map(\.item), parameters: try parameters.structured())
        let base = try SignatureBase.make(for: message, components: components, parameters: input.text)
        return MessageSignature(
            label: label, components: components, parameters: parameters, signature: try key.signature(over: base), input: input)
    }

    /// The signatures a message carries (section 4), none of them verified yet. Empty when it carries none.
    public static func all(in message: SignableMessage) throws(MessageSignatureError) -> [MessageSignature] {
        let inputs = try dictionary("signature-input", of: message)
        let signatures = try dictionary("signature", of: message)
        guard inputs.entries.count <= countLimit else { throw .tooLarge }
        guard inputs.entries.map(\.key).sorted() == signatures.entries.map(\.key).sorted() else { throw .malformed("labels") }
        var result: [MessageSignature] = []
        for entry in inputs.entries {
            guard case .innerList(let input) = entry.member else { throw .malformed("Signature-Input \(entry.key)") }
            guard case .item(let item)? = signatures[entry.key], case .bytes(let bytes) = item.value else {
                throw .malformed("Signature \(entry.key)")
            }
            guard input.items.count <= SignatureBase.componentLimit else { throw .tooLarge }
            var components: [ComponentIdentifier] = []
            for item in input.items { components.append(try ComponentIdentifier(item: item)) }
            result.append(
                MessageSignature(
                    label: entry.key, components: components, parameters: try SignatureParameters(input.parameters), signature: bytes,
                    input: input))
        }
        return result
    }

    /// The text that this signature signs of the message (section 2.5).
    public func base(for message: SignableMessage) throws(MessageSignatureError) -> [UInt8] {
        try SignatureBase.make(for: message, components: components, parameters: input.text)
    }

    private static func dictionary(
        _ name: String, of message: SignableMessage
    ) throws(MessageSignatureError) -> StructuredField.Dictionary {
        guard let value = message.combinedValue(of: name) else { return StructuredField.Dictionary() }
        guard value.utf8.count <= StructuredFieldParser.byteLimit else { throw .tooLarge }
        do { return try StructuredFieldParser.dictionary(value) } catch { throw .malformed(name) }
    }
}
