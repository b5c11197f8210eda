/// A place in a JSON value (RFC 6901), such as `/address/street`. The empty pointer is the whole value.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    public var tokens: [String]

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
        tokens.map { token in
            "/" + token.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
        }.joined()
    }

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
        self = JSON.replacing(self, pointer.tokens[...], with: value) ?? .null
    }

    private static func replacing(_ current: JSON?, _ tokens: ArraySlice<String>, with value: JSON?) -> JSON? {
        guard let token = tokens.first else { return value }
        let rest = tokens.dropFirst()
        if case .array(var items) = current {
            guard let index = token == "-" ? items.count : Int(token), index <= items.count, index >= 0 else { return current }
            let new = replacing(index < items.count ? items[index] : nil, rest, with: value)
            if index < items.count { if let new { items[index] = new } else { items.remove(at: index) } } else if let new { items.append(new) }
            return .array(items)
        }
        var members = current?.object ?? [:]
        members[token] = replacing(members[token], rest, with: value)
        return .object(members)
    }
}
