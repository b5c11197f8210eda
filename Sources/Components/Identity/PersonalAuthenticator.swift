import Authenticators
import Values

/// What a person proves herself with beside her password.
struct PersonalAuthenticator: Sendable, Hashable {
    enum Key: Sendable, Hashable {
        case passkey(Passkey)
        case app(AuthenticatorApp)

        var kind: String { switch self { case .passkey: "passkey"; case .app: "app" } }
    }

    static let passkeysMax = 20
    static let nameCharactersMax = 60

    let subjectID: String
    let id: String
    /// As the person calls it; empty for an app.
    let name: String
    let key: Key
    /// Of a passkey its signature counter, of an app the last time step whose code was used.
    let counter: Int64
    let createdAt: Instant
    let lastUsedAt: Instant?

    var json: JSON {
        switch key {
        case .passkey(let passkey): ["name": .string(name), "passkey": passkey.json]
        case .app(let app): ["name": .string(name), "secret": .string(Base64.encodeURL(app.secret))]
        }
    }

    static func key(_ json: JSON) -> Key? {
        if let passkey = json["passkey"].flatMap(Passkey.init(json:)) { return .passkey(passkey) }
        return json["secret"]?.string.flatMap(Base64.decodeURL).map { .app(AuthenticatorApp(secret: $0)) }
    }
}
