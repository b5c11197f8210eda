internal import Values

/// The text that is signed (RFC 9421 section 2.5): one line per covered component, then the signature's own parameters.
enum SignatureBase {
    static let byteLimit = 256 * 1024
    static let componentLimit = 64

    static func make(
        for message: SignableMessage, components: [ComponentIdentifier], parameters: String
    ) throws(MessageSignatureError) -> [UInt8] {
        guard components.count <= componentLimit else { throw .tooLarge }
        var seen: Set<ComponentIdentifier> = []
        var output: [UInt8] = []
        output.reserveCapacity(512)
        for component in components {
            guard seen.insert(component).inserted else { throw .malformed("component named twice") }
            let value = try value(of: component, in: message)
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }) else { throw .unsignableValue(component.description) }
            output.append(contentsOf: component.description.utf8)
            output.append(contentsOf: ": ".utf8)
            output.append(contentsOf: value.utf8)
            output.append(UInt8(ascii: "\n"))
            guard output.count <= byteLimit else { throw .tooLarge }
        }
        output.append(contentsOf: "\"@signature-params\": ".utf8)
        output.append(contentsOf: parameters.utf8)
        return output
    }

    private static func value(of component: ComponentIdentifier, in message: SignableMessage) throws(MessageSignatureError) -> String {
        let name = component.description
        guard component.flag("req") else { return try ownValue(of: component, in: message) }
        guard case .response(_, let request?) = message.start else { throw .missingComponent(name) }
        return try ownValue(of: component, in: request)
    }

    private static func ownValue(of component: ComponentIdentifier, in message: SignableMessage) throws(MessageSignatureError) -> String {
        component.name.utf8.first == UInt8(ascii: "@")
            ? try derivedValue(of: component, in: message) : try fieldValue(of: component, in: message)
    }

    /// Section 2.1.
    private static func fieldValue(of component: ComponentIdentifier, in message: SignableMessage) throws(MessageSignatureError) -> String {
        let name = component.description
        try allow(["req", "bs", "key"], in: component)
        guard let combined = message.combinedValue(of: component.name) else { throw .missingComponent(name) }
        switch (component.item.parameters["key"], component.item.parameters["bs"]) {
        case (nil, nil): return combined
        case (nil, .boolean(true)?):
            return message.values(of: component.name).map { ":\(Base64.encode(Array($0.utf8))):" }.joined(separator: ", ")
        case (.string(let key)?, nil):
            guard let dictionary = try? StructuredFieldParser.dictionary(combined), let member = dictionary[key] else {
                throw .missingComponent(name)
            }
            return member.text
        default: throw .unsupportedComponent(name)
        }
    }

    /// Section 2.2.
    private static func derivedValue(
        of component: ComponentIdentifier, in message: SignableMessage
    ) throws(MessageSignatureError) -> String {
        let name = component.description
        try allow(component.name == "@query-param" ? ["req", "name"] : ["req"], in: component)
        switch (component.name, message.start) {
        case ("@status", .response(let status, _)): return String(status)
        case ("@method", .request(let method, _)): return method
        case ("@target-uri", .request(_, let target)): return "\(target.scheme)://\(target.authority)\(target.origin)"
        case ("@authority", .request(_, let target)): return authority(of: target)
        case ("@scheme", .request(_, let target)): return target.scheme
        case ("@request-target", .request(_, let target)): return target.origin
        case ("@path", .request(_, let target)): return target.path
        case ("@query", .request(_, let target)): return "?" + (target.query ?? "")
        case ("@query-param", .request(_, let target)):
            guard case .string(let parameter)? = component.item.parameters["name"] else { throw .malformed(name) }
            let values = try FormEncoding.values(of: FormEncoding.decode(Array(parameter.utf8)), in: target.query ?? "")
            guard values.count == 1 else { throw .missingComponent(name) }
            return FormEncoding.encode(values[0])
        case ("@status", _), ("@method", _), ("@target-uri", _), ("@authority", _), ("@scheme", _), ("@request-target", _), ("@path", _),
            ("@query", _), ("@query-param", _):
            throw .missingComponent(name)
        default: throw .unsupportedComponent(name)
        }
    }

    /// Lower case, without the scheme's own port (section 2.2.3).
    private static func authority(of target: SignableMessage.Target) -> String {
        let host = target.authority.lowercased()
        let suffix = ["http": ":80", "https": ":443"][target.scheme] ?? ""
        return !suffix.isEmpty && host.hasSuffix(suffix) ? String(host.dropLast(suffix.count)) : host
    }

    private static func allow(_ keys: [String], in component: ComponentIdentifier) throws(MessageSignatureError) {
        for entry in component.item.parameters.entries where !keys.contains(entry.key) {
            throw .unsupportedComponent(component.description)
        }
    }
}
