/// An e-mail address as a mail server takes it: the dot-atom form of RFC 5321 section 4.1.2 in ASCII, within its limits. Whatever could
/// end a command or a header line is not in it, so it may be put into both as it stands.
struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    let local: String
    /// In lower case.
    let domain: String

    var description: String { "\(local)@\(domain)" }

    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].count), (1...253).contains(parts[1].count),
            parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(MailAddress.isAtom),
            parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(MailAddress.isLabel)
        else { return nil }
        (local, domain) = (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self).lowercased())
    }

    private static func isAtom(_ bytes: Substring.UTF8View.SubSequence) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { isLetterOrDigit($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
    }

    private static func isLabel(_ bytes: Substring.UTF8View.SubSequence) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(bytes.count) && bytes.first != hyphen && bytes.last != hyphen
            && bytes.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) }
}
