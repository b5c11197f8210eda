/// What of a message a signature covers (RFC 9421 section 2): a lower-case field name, or a derived component such as `@method`,
/// with the parameters `req`, `bs`, `key` and `name`. The parameters `sf` and `tr` are understood but refused.
public struct ComponentIdentifier: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    let item: StructuredField.Item
    let name: String

    /// - Parameters:
    ///   - ofRequest: `;req`: from the request that the response answers.
    ///   - asBytes: `;bs`: each line of the field in base64, for fields whose lines must not be joined.
    ///   - key: `;key`: one member of a dictionary field.
    ///   - queryParameter: `;name`: which parameter `@query-param` means, decoded.
    public init(
        _ name: String, ofRequest: Bool = false, asBytes: Bool = false, key: String? = nil, queryParameter: String? = nil
    ) {
        var parameters = StructuredField.Parameters()
        if let queryParameter { parameters["name"] = .string(FormEncoding.encode(Array(queryParameter.utf8))) }
        if let key { parameters["key"] = .string(key) }
        if asBytes { parameters["bs"] = .boolean(true) }
        if ofRequest { parameters["req"] = .boolean(true) }
        self.init(name: name.lowercased(), parameters: parameters)
    }

    public init(stringLiteral value: String) { self.init(value) }

    init(item: StructuredField.Item) throws(MessageSignatureError) {
        guard case .string(let name) = item.value, ComponentIdentifier.isName(name) else { throw .malformed("component name") }
        self.init(name: name, parameters: item.parameters)
    }

    private init(name: String, parameters: StructuredField.Parameters) {
        self.name = name
        item = StructuredField.Item(value: .string(name), parameters: parameters)
    }

    /// The name and parameters as they stand in the signature base: `"@method";req`.
    public var description: String { item.text }

    func flag(_ key: String) -> Bool { item.parameters[key] == .boolean(true) }

    /// Identity does not depend on the order of the parameters (section 2).
    public static func == (left: ComponentIdentifier, right: ComponentIdentifier) -> Bool {
        left.name == right.name
            && (left.item.parameters == right.item.parameters
                || Set(left.item.parameters.entries) == Set(right.item.parameters.entries))
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// Field names in lower case (RFC 9110 section 5.1) or names that begin with an at sign.
    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8.first == UInt8(ascii: "@") ? name.utf8.dropFirst() : name.utf8[...]
        return !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
