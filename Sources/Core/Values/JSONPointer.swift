/// A place in a JSON value (RFC 6901), such as `/address/street`. The empty pointer is the whole value.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    public let tokens: [String]

    public init(tokens: [String]) { self.tokens = tokens }

    /// Nil unless the text is empty or begins with a slash.
    public init?(_ text: String) {
        if text.isEmpty { tokens = []; return }
        guard text.hasPrefix("/") else { return nil }
        tokens = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            $0.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }
    }

    public var description: String {
        tokens.reduce(into: "") { text, token in
            text += "/"
            text += token.utf8.contains { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") } ? JSONPointer.escaped(token) : token
        }
    }

    private static func escaped(_ token: String) -> String { token.replacing("~", with: "~0").replacing("/", with: "~1") }

    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }
}

extension JSON {
    public func value(at pointer: JSONPointer) -> JSON? {
        var value = self
        for token in pointer.tokens {
            let inner: JSON? = switch value {
            case .object(let members): members[token]
            case .array(let items): Int(token).flatMap { items.indices.contains($0) && String($0) == token ? items[$0] : .none }
            default: nil
            }
            guard let inner else { return nil }
            value = inner
        }
        return value
    }

    /// Sets the value at a place, making the objects on the way; an array grows only at its end. Nil removes.
    public mutating func set(_ value: JSON?, at pointer: JSONPointer) {
        var whole: JSON? = self
        self = .null
        JSON.replace(&whole, pointer.tokens[...], with: value)
        self = whole ?? .null
    }

    /// What is changed is taken out of its place meanwhile, so that nothing is copied.
    private static func replace(_ current: inout JSON?, _ tokens: ArraySlice<String>, with value: JSON?) {
        guard let token = tokens.first else { return current = value }
        let rest = tokens.dropFirst()
        if case .array(var items) = current {
            guard let index = token == "-" ? items.count : Int(token), index <= items.count, index >= 0 else { return }
            current = nil
            var item: JSON? = index < items.count ? items[index] : nil
            replace(&item, rest, with: value)
            if index < items.count { if let item { items[index] = item } else { items.remove(at: index) } } else if let item { items.append(item) }
            current = .array(items)
        } else {
            var members = current?.object ?? [:]
            current = nil
            replace(&members[token], rest, with: value)
            current = .object(members)
        }
    }
}
