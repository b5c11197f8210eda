internal import Values

extension Keyring {
    /// The content of the key file.
    var text: String {
        func line(_ role: String, _ key: MasterKey) -> String { "\(role) \(key.name) \(Base64.encodeURL(key.bytes))\n" }
        return "# Master keys. Secret: keep a copy in a safe place; without it nothing sealed can be read again.\n"
            + line("current", current) + retained.map { line("retained", $0) }.joined() + line("lookup", lookup)
    }

    init(text bytes: [UInt8], path: String) throws(KeyringError) {
        var keys: [String: [MasterKey]] = [:]
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && line.first != UInt8(ascii: "#") {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            guard words.count == 3, ["current", "retained", "lookup"].contains(words[0]),
                let secret = Base64.decodeURL(words[2]), secret.count == 32
            else { throw .damaged(path: path, line: index + 1) }
            let key = MasterKey(bytes: secret)
            guard key.name == words[1] else { throw .damaged(path: path, line: index + 1) }
            keys[words[0], default: []].append(key)
        }
        let sealing = keys["current", default: []] + keys["retained", default: []]
        guard let current = keys["current"]?.first, let lookup = keys["lookup"]?.first,
            keys["current"]?.count == 1, keys["lookup"]?.count == 1, Set(sealing.map(\.id)).count == sealing.count
        else { throw .inconsistent(path: path) }
        self.init(current: current, retained: keys["retained", default: []], lookup: lookup)
    }
}
