import Configuration

/// Reads settings and refuses what is no value for them: a port that is misspelt must not become the default port. It also remembers
/// which settings there are, so that a flag that is none of them is refused.
struct SettingsReader {
    private let config: ConfigReader
    private var known: Set<String> = []

    init(_ config: ConfigReader) { self.config = config }

    mutating func text(_ key: String) -> String? {
        known.insert(key)
        return config.string(forKey: ConfigKey(key)).flatMap { $0.isEmpty ? nil : $0 }
    }

    mutating func text(_ key: String, _ standard: String) -> String { text(key) ?? standard }

    mutating func number(_ key: String, _ standard: Int, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
        known.insert(key)
        let value = config.int(forKey: ConfigKey(key))
        if value == nil, let written = text(key) { throw .malformed(key, written, "a whole number") }
        guard range.contains(value ?? standard) else {
            throw .malformed(key, "\(value ?? standard)", "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value ?? standard
    }

    mutating func port(_ key: String, _ standard: Int) throws(SettingsError) -> Int { try number(key, standard, in: 1...65_535) }

    mutating func flag(_ key: String, _ standard: Bool) throws(SettingsError) -> Bool {
        known.insert(key)
        if let value = config.bool(forKey: ConfigKey(key)) { return value }
        if let written = text(key) { throw .malformed(key, written, "true or false") }
        return standard
    }

    /// An address with one of these schemes and a host. A slash at its end is dropped.
    mutating func address(_ key: String, _ standard: String, schemes: [String]) throws(SettingsError) -> String {
        let written = text(key, standard)
        let address = written.hasSuffix("/") ? String(written.dropLast()) : written
        let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let hasScheme = parts.count == 3 && schemes.contains { parts[0] == "\($0):" } && parts[1].isEmpty
        guard hasScheme, let last = parts.last, !last.isEmpty else {
            // What stands before the @ may be a password.
            throw .malformed(key, written.split(separator: "@").last.map(String.init) ?? "", "an address such as \(standard)")
        }
        return address
    }

    func check(_ arguments: [String]) throws(SettingsError) {
        for argument in arguments where argument.hasPrefix("--") {
            let name = argument.dropFirst(2).split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
            guard known.contains(name.replacing("-", with: ".")) else { throw .unknownFlag(argument) }
        }
    }
}

/// A setting that cannot be meant as it was written.
package enum SettingsError: Error, CustomStringConvertible {
    case malformed(String, String, String)
    case unknownFlag(String)

    package var description: String {
        switch self {
        case .malformed(let key, let value, let wanted):
            "ZAMIN_\(key.replacing(".", with: "_").uppercased()) is “\(value)”, but must be \(wanted)"
        case .unknownFlag(let flag): "there is no setting \(flag); Docs/settings.md lists those there are"
        }
    }
}
