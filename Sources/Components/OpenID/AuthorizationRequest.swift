import Language
import Trust
import Values
import Web

/// What a client wants, as it pushed it (RFC 9126; OpenID Connect Core section 3.1.2.1). A value that has been checked.
struct AuthorizationRequest: Sendable, Hashable {
    enum Prompt: String, Sendable, CaseIterable { case none, login, consent }

    let clientID: String
    let redirectURI: String
    let scopes: Set<Scope>
    let state: String?
    let nonce: String?
    /// S256 (RFC 7636); nil only for a client of the legacy profile that cannot.
    let challenge: String?
    /// The thumbprint of the key the tokens will be bound to, when it was named.
    let keyThumbprint: String?
    let prompts: Set<Prompt>
    /// Seconds since the person last proved who she is, at most.
    let maxAge: Int64?
    /// Levels that will do, the best liked first; empty when any will.
    let levels: [AssuranceLevel]
    /// Whether one of them must be met (`claims` with `acr` as essential), or is only liked.
    let isLevelEssential: Bool
    let language: Language?
    /// Whom the client takes the person for, by the name it knows her by (`id_token_hint`, or `login_hint` with a `sub`).
    let hintedSubject: String?

    /// Reads the parameters of a client that has been identified.
    init(_ fields: Fields, of client: Client, hintedSubject: String? = nil) throws(OAuthError) {
        func text(_ name: String, _ bytesMax: Int) throws(OAuthError) -> String? {
            guard let value = fields[name], !value.isEmpty else { return nil }
            guard value.utf8.count <= bytesMax else { throw OAuthError(.invalidRequest, "\(name) is longer than \(bytesMax) bytes") }
            return value
        }
        guard fields["response_type"] == "code" else { throw OAuthError(.unsupportedResponseType, "response_type must be code") }
        if let mode = fields["response_mode"], mode != "query" { throw OAuthError(.invalidRequest, "response_mode must be query") }
        guard let redirect = fields["redirect_uri"].flatMap(client.redirectURI) else {
            throw OAuthError(.invalidRequest, "redirect_uri is not one that is registered, letter by letter")
        }
        var scopes = Scope.read(try text("scope", 1_000) ?? "")
        guard scopes.contains(.openid) else { throw OAuthError(.invalidScope, "scope must contain openid") }
        if let refused = scopes.first(where: { !client.allows($0) }) {
            throw OAuthError(.invalidScope, "the client has no legal basis for \(refused.rawValue)")
        }
        scopes.formUnion(AuthorizationRequest.scopes(claims: try text("claims", 8_000), of: client))
        challenge = try AuthorizationRequest.challenge(fields, client.profile)
        (clientID, redirectURI, self.scopes, self.hintedSubject) = (client.id, redirect, scopes, hintedSubject)
        (state, nonce) = (try text("state", 2_000), try text("nonce", 1_000))
        keyThumbprint = try text("dpop_jkt", 100)
        prompts = try AuthorizationRequest.prompts(try text("prompt", 100) ?? "")
        maxAge = try AuthorizationRequest.maxAge(fields["max_age"])
        (levels, isLevelEssential) = try AuthorizationRequest.levels(try text("acr_values", 500) ?? "", claims: try text("claims", 8_000))
        language = OpenID.language(fields["ui_locales"])
    }

    private static func challenge(_ fields: Fields, _ profile: ClientProfile) throws(OAuthError) -> String? {
        if case .legacy(_, requiresChallenge: false) = profile, fields["code_challenge"] == nil { return nil }
        guard fields["code_challenge_method"] == "S256", let challenge = fields["code_challenge"], Base64.decodeURL(challenge)?.count == 32 else {
            throw OAuthError(.invalidRequest, "code_challenge by S256 is required (RFC 7636)")
        }
        return challenge
    }

    private static func prompts(_ text: String) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in text.split(separator: " ") where word != "select_account" {
            guard let prompt = Prompt(rawValue: String(word)) else { throw OAuthError(.invalidRequest, "prompt is unknown") }
            prompts.insert(prompt)
        }
        if prompts.contains(.none), prompts.count > 1 { throw OAuthError(.invalidRequest, "prompt none stands alone") }
        return prompts
    }

    private static func maxAge(_ text: String?) throws(OAuthError) -> Int64? {
        guard let text else { return nil }
        guard let seconds = Int64(text), (0...31_536_000).contains(seconds) else { throw OAuthError(.invalidRequest, "max_age is no number of seconds") }
        return seconds
    }

    /// Single claims that are asked for (OpenID Connect Core section 5.5), as the scopes they belong to: each is passed on with its neighbours, and
    /// only when the client has a basis for it. What else is named is passed over.
    private static func scopes(claims: String?, of client: Client) -> Set<Scope> {
        guard let claims, let asked = try? JSON.parse(claims) else { return [] }
        let names = Set(["userinfo", "id_token"].flatMap { Array((asked[$0]?.object ?? [:]).keys) })
        return Set(Scope.allCases.filter { scope in client.allows(scope) && scope.claims.contains(where: names.contains) })
    }

    /// `acr_values`, or `acr` in the claims parameter (OpenID Connect Core section 5.5.1.1).
    private static func levels(_ values: String, claims: String?) throws(OAuthError) -> ([AssuranceLevel], Bool) {
        var names = values.split(separator: " ").map(String.init)
        var isEssential = false
        if let claims {
            guard let asked = try? JSON.parse(claims), asked.object != nil else { throw OAuthError(.invalidRequest, "claims is no JSON object") }
            let level = asked["id_token"]?["acr"]
            isEssential = level?["essential"] == true
            names = level?["values"]?.array?.compactMap(\.string) ?? level?["value"]?.string.map { [$0] } ?? names
        }
        let levels = names.compactMap(AssuranceLevel.init)
        if isEssential, levels.isEmpty { throw OAuthError(.invalidRequest, "none of the values of acr is known here") }
        return (levels, isEssential)
    }
}

/// A level of assurance by its name in `acr`: `urn:zamin:acr:C2.P2`.
struct AssuranceLevel: Sendable, Hashable {
    static let prefix = "urn:zamin:acr:"
    static let supported = (1...3).flatMap { credential in (0...3).map { AssuranceLevel(Assurance(credential: credential, proof: $0)) } }

    let assurance: Assurance
    var name: String { AssuranceLevel.prefix + assurance.name }

    init(_ assurance: Assurance) { self.assurance = assurance }

    init?(_ name: String) {
        guard let level = AssuranceLevel.supported.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// Ways of proving by which the credential level is met (RFC 8176).
    var methods: [String] {
        switch assurance.credential {
        case ..<2: ["pwd"]
        case 2: ["pwd", "otp", "mfa"]
        default: ["hwk", "user", "mfa"]
        }
    }
}

// As it is kept.
extension AuthorizationRequest {
    var json: JSON {
        .members([
            "client": .string(clientID), "redirect": .string(redirectURI), "scope": .string(Scope.text(scopes)), "state": state.map(JSON.string),
            "nonce": nonce.map(JSON.string), "challenge": challenge.map(JSON.string), "key": keyThumbprint.map(JSON.string),
            "prompts": .strings(prompts.map(\.rawValue).sorted()), "maxAge": maxAge.map(JSON.int), "levels": .strings(levels.map(\.name)),
            "essential": .bool(isLevelEssential), "language": (language?.rawValue).map(JSON.string), "hinted": hintedSubject.map(JSON.string),
        ])
    }

    init?(json: JSON) {
        guard let client = json["client"]?.string, let redirect = json["redirect"]?.string else { return nil }
        (clientID, redirectURI, challenge, hintedSubject) = (client, redirect, json["challenge"]?.string, json["hinted"]?.string)
        scopes = Scope.read(json["scope"]?.string ?? "")
        (state, nonce, keyThumbprint, maxAge) = (json["state"]?.string, json["nonce"]?.string, json["key"]?.string, json["maxAge"]?.int)
        prompts = Set((json["prompts"]?.array ?? []).compactMap(\.string).compactMap(Prompt.init))
        levels = (json["levels"]?.array ?? []).compactMap(\.string).compactMap(AssuranceLevel.init)
        isLevelEssential = json["essential"] == true
        language = json["language"]?.string.flatMap(Language.init)
    }
}
