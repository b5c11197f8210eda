import Language
import Trust
import Values

/// A one-time code on its way: sealed in its job, in no mailbox, and void after its time.
struct CodeContent: Sendable, Hashable {
    let code: String
    let email: String
    let language: Language
    let minutesValid: Int
    let expiresAt: Instant

    private static let scope = "messages"
    /// Bound to the one job it lies in: put into another, it does not open.
    private static func context(_ id: String) -> String { "jobs_job messages.code \(id)" }

    /// - Parameter id: of the code, unique; it stands in the job beside what is sealed.
    func sealed(as id: String, by vault: Vault) throws(VaultError) -> [UInt8] {
        let content: JSON = [
            "code": .string(code), "email": .string(email), "language": .string(language.rawValue), "minutes": .int(Int64(minutesValid)),
            "expires": .int(expiresAt.microseconds),
        ]
        return try vault.seal(content.bytes, scope: CodeContent.scope, context: CodeContent.context(id))
    }

    /// Nil when this is no content of ours.
    static func opened(_ sealed: [UInt8], as id: String, by vault: Vault) -> CodeContent? {
        guard let bytes = try? vault.open(sealed, scope: scope, context: context(id)), let json = try? JSON.parse(bytes),
            let code = json["code"]?.string, let email = json["email"]?.string, let minutes = json["minutes"]?.int,
            let expires = json["expires"]?.int
        else { return nil }
        return CodeContent(
            code: code, email: email, language: json["language"]?.string.flatMap(Language.init) ?? .standard, minutesValid: Int(minutes),
            expiresAt: Instant(microseconds: expires))
    }
}
