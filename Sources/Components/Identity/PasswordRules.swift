import Trust
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a password must be (NIST SP 800-63B section 5.1.1.2): long, not among those tried first, not made of what is known about the
/// person. Nothing is asked of its characters.
struct PasswordRules: Sendable {
    enum Fault: String, Sendable { case short, long, common, breached, personal }

    static let charactersMin = 12
    /// What must be left of a password when everything about the person is taken out of it.
    static let ownCharactersMin = 8

    let common: CommonPasswords
    let breached: BreachedPasswords?

    /// - Parameter personal: texts about the person: numbers, names, parts of addresses. Those under three characters do not count.
    func fault(in password: String, personal: [String]) -> Fault? {
        guard password.utf8.count <= PasswordHasher.byteLimit else { return .long }
        guard password.count >= PasswordRules.charactersMin else { return .short }
        if common.contains(password) { return .common }
        if let breached, breached.contains(password) { return .breached }
        var rest = password.lowercased()
        for text in personal.map({ $0.lowercased() }).sorted(by: { $0.count > $1.count }) where text.count >= 3 {
            rest = rest.replacing(text, with: "")
        }
        return rest.count < PasswordRules.ownCharactersMin ? .personal : nil
    }
}

/// Passwords, and words that passwords are made of, which guessers try first.
public struct CommonPasswords: Sendable {
    private let words: Set<String>

    public init(_ words: some Sequence<String>) { self.words = Set(words.map { $0.lowercased() }) }

    /// One per line; `#` begins a comment.
    public init(path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        self.init(text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.hasPrefix("#") })
    }

    /// True for a listed password, also when digits and signs were put around or for its letters, and for one short piece repeated or
    /// counted through, such as `abcabcabcabc` or `123456789012`.
    func contains(_ password: String) -> Bool {
        let plain = password.lowercased()
        let candidates = [plain, CommonPasswords.core(plain), CommonPasswords.core(CommonPasswords.unmasked(plain))]
        if candidates.contains(where: words.contains) { return true }
        let characters = Array(plain)
        return Set(characters).count < 5 || CommonPasswords.repeats(characters) || CommonPasswords.counts(characters)
    }

    /// Without the digits and signs at both ends: `!!jerusalem1948` → `jerusalem`.
    private static func core(_ text: String) -> String {
        guard let first = text.firstIndex(where: \.isLetter), let last = text.lastIndex(where: \.isLetter) else { return text }
        return String(text[first...last])
    }

    private static func unmasked(_ text: String) -> String {
        let letters: [Character: Character] = ["0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"]
        return String(core(text).map { letters[$0] ?? $0 })
    }

    private static func repeats(_ text: [Character]) -> Bool {
        (1...4).contains { length in text.indices.dropFirst(length).allSatisfy { text[$0] == text[$0 - length] } }
    }

    /// Mostly steps of one up or down from each character to the next.
    private static func counts(_ text: [Character]) -> Bool {
        let codes = text.compactMap { $0.unicodeScalars.first.map { Int($0.value) } }
        let steps = zip(codes, codes.dropFirst()).map { $1 - $0 }
        return steps.count { abs($0) == 1 } * 4 >= steps.count * 3
    }
}
