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
    /// Empty while `keysURI` has not been asked.
    var keys: JWKSet
    /// Where it publishes its keys, instead of registering them.
    let keysURI: String?
    let profile: ClientProfile
    /// For trying out, before it was reviewed.
    let isTest: Bool
    /// Of a client of the legacy profile; not part of its metadata.
    var secretHash: String?
    /// What it may ask for, and on what each rests.
    let bases: [Scope: ScopeBasis]

    /// Whether it may do anything yet: the legacy profile has a last day.
    func isInForce(at time: Instant) -> Bool {
        if case .legacy(let until, _) = profile { IsraelTime.date(time) <= until } else { true }
    }

    func allows(_ scope: Scope) -> Bool { scope.needsNoBasis || bases[scope] != nil }
}

/// By which rules a client comes.
enum ClientProfile: Sendable, Hashable {
    /// The FAPI 2.0 security profile.
    case strict
    /// For software that cannot: a secret, requests in the address, tokens without a key. It ends by itself.
    case legacy(until: CalendarDate, requiresChallenge: Bool)

    /// The longest a client may be of the legacy profile.
    static let legacyYearsMax = 2
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
        profile = try Client.profile(json)
        isTest = json["zamin_test"] == true
        redirectURIs = try Client.addresses("redirect_uris", of: json)
        guard !redirectURIs.isEmpty else { throw ClientError("redirect_uris", "at least one") }
        postLogoutURIs = try Client.addresses("post_logout_redirect_uris", of: json)
        backChannelURI = json["backchannel_logout_uri"]?.string
        if json["backchannel_logout_uri"] != nil, !(backChannelURI.map(Client.isAddress) ?? false) {
            throw ClientError("backchannel_logout_uri", "an https address without a fragment")
        }
        (keys, keysURI) = try Client.keys(json, profile)
        bases = try Client.bases(json)
    }

    private static func profile(_ json: JSON) throws(ClientError) -> ClientProfile {
        let method = json["token_endpoint_auth_method"]?.string
        guard json["zamin_profile"] == "legacy" else {
            guard json["zamin_profile"] == nil else { throw ClientError("zamin_profile", "legacy is the only one that is named") }
            guard (method ?? "private_key_jwt") == "private_key_jwt" else {
                throw ClientError("token_endpoint_auth_method", "private_key_jwt is the only one, but for the legacy profile")
            }
            return .strict
        }
        guard ["client_secret_basic", "client_secret_post"].contains(method ?? "client_secret_basic") else {
            throw ClientError("token_endpoint_auth_method", "client_secret_basic or client_secret_post in the legacy profile")
        }
        guard let until = json["zamin_profile_until"]?.string.flatMap({ CalendarDate($0) }) else {
            throw ClientError("zamin_profile_until", "the last day of the legacy profile, such as 2027-12-31")
        }
        return .legacy(until: until, requiresChallenge: json["zamin_pkce"] != false)
    }

    private static func keys(_ json: JSON, _ profile: ClientProfile) throws(ClientError) -> (JWKSet, String?) {
        if let address = json["jwks_uri"] {
            guard json["jwks"] == nil else { throw ClientError("jwks_uri", "either jwks or jwks_uri (RFC 7591)") }
            guard let text = address.string, isAddress(text) else { throw ClientError("jwks_uri", "an https address without a fragment") }
            return (JWKSet([]), text)
        }
        if profile != .strict, json["jwks"] == nil { return (JWKSet([]), nil) }
        let keys: JWKSet
        do { keys = try JWKSet(json["jwks"] ?? .null) } catch { throw ClientError("jwks", "a JWK Set (RFC 7517)") }
        guard !keys.keys.isEmpty else { throw ClientError("jwks", "no key for ES256 or EdDSA is in it") }
        return (keys, nil)
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
    /// In what capacity the person acts: for herself, for a body or a business.
    case capacity
    case nationalNumber = "national_number"

    /// What tells nothing of a person.
    var needsNoBasis: Bool { self == .openid || self == .offlineAccess }

    var claims: [String] {
        switch self {
        case .openid, .offlineAccess: []
        case .profile: ["name", "given_name", "family_name", "birthdate", "locale"]
        case .email: ["email", "email_verified"]
        case .phone: ["phone_number"]
        case .capacity: ["capacity"]
        case .nationalNumber: ["national_number"]
        }
    }

    /// The known ones of a scope parameter; others are passed over (OpenID Connect Core section 3.1.2.1).
    static func read(_ text: String) -> Set<Scope> { Set(text.split(separator: " ").compactMap { Scope(rawValue: String($0)) }) }
    static func text(_ scopes: Set<Scope>) -> String { allCases.filter(scopes.contains).map(\.rawValue).joined(separator: " ") }
}
