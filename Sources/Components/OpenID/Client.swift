import Contracts
import Language
import Trust
import Values

/// A system that lets people sign in here. Its names are those of client metadata (RFC 7591 section 2).
struct Client: Sendable {
    let id: String
    /// What people see on the pages.
    let name: LocalizedText
    /// The body that answers for it.
    let bodyID: String
    /// Clients of one sector know a person by the same name, others by another (OpenID Connect Core section 8.1).
    let sector: String
    let redirectURIs: Set<String>
    let postLogoutURIs: Set<String>
    /// Where it hears that a session has ended (OpenID Connect Back-Channel Logout 1.0, section 2.2).
    let backChannelURI: String?
    let keys: JWKSet
    /// What it may ask for, and on what each rests.
    let bases: [Scope: ScopeBasis]

    func allows(_ scope: Scope) -> Bool { scope.needsNoBasis || bases[scope] != nil }
}

/// On what it rests that a client may learn something.
struct ScopeBasis: Sendable, Hashable {
    let basis: Basis
    /// What people read of a law; nil for consent.
    let title: LocalizedText?
}

/// Why client metadata is refused.
public struct ClientError: Error, Equatable, CustomStringConvertible {
    public let member: String
    public let reason: String
    public var description: String { "\(member): \(reason)" }
    init(_ member: String, _ reason: String) { (self.member, self.reason) = (member, reason) }
}

extension Client {
    private static let uriLimit = 20

    /// - Throws: `ClientError` naming the member that is wrong.
    init(json: JSON) throws(ClientError) {
        id = try Client.text("client_id", of: json, 3...100)
        guard id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw ClientError("client_id", "only visible ASCII characters") }
        name = try Client.localized("client_name", of: json)
        bodyID = try Client.text("zamin_body", of: json, 1...100)
        sector = try Client.text("zamin_sector", of: json, 1...100)
        guard (json["token_endpoint_auth_method"]?.string ?? "private_key_jwt") == "private_key_jwt" else {
            throw ClientError("token_endpoint_auth_method", "private_key_jwt is the only one")
        }
        redirectURIs = try Client.addresses("redirect_uris", of: json)
        guard !redirectURIs.isEmpty else { throw ClientError("redirect_uris", "at least one") }
        postLogoutURIs = try Client.addresses("post_logout_redirect_uris", of: json)
        backChannelURI = json["backchannel_logout_uri"]?.string
        if json["backchannel_logout_uri"] != nil, !(backChannelURI.map(Client.isAddress) ?? false) {
            throw ClientError("backchannel_logout_uri", "an https address without a fragment")
        }
        do { keys = try JWKSet(json["jwks"] ?? .null) } catch { throw ClientError("jwks", "a JWK Set (RFC 7517)") }
        guard !keys.keys.isEmpty else { throw ClientError("jwks", "no key for ES256 or EdDSA is in it") }
        bases = try Client.bases(json)
    }

    private static func text(_ member: String, of json: JSON, _ length: ClosedRange<Int>) throws(ClientError) -> String {
        guard let text = json[member]?.string, length.contains(text.utf8.count) else { throw ClientError(member, "a text of \(length) bytes") }
        return text
    }

    /// `client_name`, and `client_name#he` for each language (RFC 7591 section 2.2).
    private static func localized(_ member: String, of json: JSON) throws(ClientError) -> LocalizedText {
        let plain = try text(member, of: json, 1...200)
        return LocalizedText(Dictionary(Language.allCases.map { ($0, json["\(member)#\($0.rawValue)"]?.string ?? plain) }) { first, _ in first })
    }

    private static func addresses(_ member: String, of json: JSON) throws(ClientError) -> Set<String> {
        let texts = json[member]?.array ?? []
        guard texts.count <= uriLimit else { throw ClientError(member, "at most \(uriLimit)") }
        var addresses: Set<String> = []
        for item in texts {
            guard let text = item.string, isAddress(text) else {
                throw ClientError(member, "https addresses without a fragment; http only on this machine itself")
            }
            addresses.insert(text)
        }
        return addresses
    }

    /// Absolute, without fragment (RFC 6749 section 3.1.2), and in visible ASCII, since it is put into a header as it stands.
    private static func isAddress(_ text: String) -> Bool {
        guard text.utf8.count <= 1_000, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#") else { return false }
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "\\" }
        guard !authority.isEmpty, !authority.contains("@") else { return false }
        if scheme == "https://" { return true }
        return ["127.0.0.1", "localhost", "[::1]"].contains { host in
            guard authority.hasPrefix(host) else { return false }
            let port = authority.dropFirst(host.count)
            return port.isEmpty || (port.first == ":" && port.count > 1 && port.dropFirst().allSatisfy { ("0"..."9").contains($0) })
        }
    }

    /// The registered address that is the same letter by letter: two texts that Swift takes for equal may be other bytes.
    func redirectURI(_ text: String) -> String? { redirectURIs.first { $0.utf8.elementsEqual(text.utf8) } }
    func postLogoutURI(_ text: String) -> String? { postLogoutURIs.first { $0.utf8.elementsEqual(text.utf8) } }

    private static func bases(_ json: JSON) throws(ClientError) -> [Scope: ScopeBasis] {
        var bases: [Scope: ScopeBasis] = [:]
        for (name, content) in json["zamin_scope_bases"]?.object ?? [:] {
            guard let scope = Scope(rawValue: name) else { throw ClientError("zamin_scope_bases", "\(name) is no scope") }
            guard let kind = content["kind"]?.string, kind != "request", let basis = Basis(kind: kind, reference: content["reference"]?.string ?? "") else {
                throw ClientError("zamin_scope_bases", "\(name): kind (law or consent) and reference")
            }
            do { bases[scope] = ScopeBasis(basis: basis, title: kind == "law" ? try localized("title", of: content) : nil) } catch {
                throw ClientError("zamin_scope_bases", "\(name): a law has a title, which people read")
            }
        }
        return bases
    }
}

/// What a client may learn of a person (OpenID Connect Core section 5.4; the last is ours).
enum Scope: String, Sendable, Hashable, CaseIterable {
    case openid
    case offlineAccess = "offline_access"
    case profile, email, phone
    case nationalNumber = "national_number"

    /// What tells nothing of a person.
    var needsNoBasis: Bool { self == .openid || self == .offlineAccess }

    var claims: [String] {
        switch self {
        case .openid, .offlineAccess: []
        case .profile: ["name", "given_name", "family_name", "birthdate", "locale"]
        case .email: ["email", "email_verified"]
        case .phone: ["phone_number"]
        case .nationalNumber: ["national_number"]
        }
    }

    /// The known ones of a scope parameter; others are passed over (OpenID Connect Core section 3.1.2.1).
    static func read(_ text: String) -> Set<Scope> { Set(text.split(separator: " ").compactMap { Scope(rawValue: String($0)) }) }
    static func text(_ scopes: Set<Scope>) -> String { allCases.filter(scopes.contains).map(\.rawValue).joined(separator: " ") }
}
