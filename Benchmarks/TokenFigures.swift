import Foundation
import House
import HTTPTypes
import OpenID
import Synchronization
import Trust
import Values
import Web

/// What clients ask of the OpenID Provider, in process; the client signs on the same cores.
enum TokenFigures {
    static let clients = 32
    static let each = 60

    @Sendable static func measure() async throws -> [Figure] {
        try await SignInWorld.with(students: clients) { world in
            var parties: [BenchClient] = []
            for place in 0..<clients {
                let person = BenchBrowser(world, place)
                try await person.signIn()
                let party = try await BenchClient(world, place)
                try await party.begin(person)
                parties.append(party)
            }
            let refreshes = try await rate(parties) { try await $0.refresh() }
            let looks = try await rate(parties) { try await $0.userInfo() }
            let reference = try signatures()
            return [
                Figure(
                    name: "refreshes (private_key_jwt, DPoP, ES256 throughout)", value: refreshes, unit: "tokens/s",
                    reference: .init(value: reference, what: "ES256 signatures made and verified/s"), goal: .atLeast(1_200)),
                Figure(
                    name: "userinfo, a fresh DPoP proof and an audit entry each", value: looks, unit: "answers/s",
                    reference: .init(value: reference, what: "ES256 signatures made and verified/s"), goal: .atLeast(2_500)),
            ]
        }
    }

    private static func rate(_ parties: [BenchClient], _ body: @escaping @Sendable (BenchClient) async throws -> Void) async throws -> Double {
        let seconds = try await Measuring.seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for party in parties { group.addTask { for _ in 0..<each { try await body(party) } } }
                try await group.waitForAll()
            }
        }
        return Double(parties.count * each) / seconds
    }

    private static func signatures() throws -> Double {
        let (key, content) = (SigningKey.generate(.ecdsaP256), Array("content".utf8))
        let start = ContinuousClock.now
        for _ in 0..<2_000 { guard key.verifyingKey.isValid(try key.signature(over: content), over: content) else { throw BenchmarkError("ES256") } }
        return 2_000 / (ContinuousClock.now - start).seconds
    }
}

/// A client of the strict profile.
private final class BenchClient: Sendable {
    private let world: SignInWorld
    private let id: String
    private let key = SigningKey.generate(.ecdsaP256)
    private let proofKey = SigningKey.generate(.ecdsaP256)
    private let state = Mutex<(nonce: String, access: String, refresh: String)>(("", "", ""))
    private static let redirect = "https://bench.example/callback"
    private static let verifier = String(repeating: "v", count: 43)

    init(_ world: SignInWorld, _ place: Int) async throws {
        (self.world, id) = (world, "bench-\(place)")
        _ = try await world.openID.save(client: [
            "client_id": .string(id), "client_name": "Bench", "zamin_body": "municipality-haifa", "zamin_sector": "bench",
            "redirect_uris": [.string(BenchClient.redirect)], "jwks": JWKSet([key.verifyingKey]).json,
            "zamin_scope_bases": ["profile": ["kind": "consent", "reference": "asked"]],
        ])
    }

    private var now: Int64 { world.base.clock.now().seconds }
    private var issuer: String { world.base.settings.publicURL }

    private func proof(_ method: String, _ path: String, token: String? = nil) throws -> String {
        var claims: [String: JSON] = [
            "htm": .string(method), "htu": .string(issuer + path), "iat": .int(now), "jti": .string(RandomToken.make(bytes: 16)),
            "nonce": .string(state.withLock { $0.nonce }),
        ]
        if let token { claims["ath"] = .string(Fingerprint.base64URL(of: Array(token.utf8))) }
        var jwk = proofKey.verifyingKey.jwk
        jwk["kid"] = nil
        return try JWS.sign(JSON.object(claims).bytes, by: proofKey, type: "dpop+jwt", header: ["jwk": jwk])
    }

    private func post(_ path: String, _ fields: [(String, String)], proof: String? = nil) async throws -> JSON {
        let assertion: JSON = [
            "iss": .string(id), "sub": .string(id), "aud": .string(issuer), "exp": .int(now + 60), "iat": .int(now), "jti": .string(RandomToken.make(bytes: 16)),
        ]
        let all = fields + [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", try JWS.sign(assertion.bytes, by: key)),
        ]
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        if let proof { headers[HTTPField.Name("DPoP")!] = proof }
        let body = all.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return try await answer(Incoming(.post, path, headers: headers, body: Array(body.utf8)))
    }

    private func answer(_ incoming: Incoming) async throws -> JSON {
        let reply = await world.dispatcher.answer(incoming)
        if let fresh = reply.headers[HTTPField.Name("DPoP-Nonce")!] { state.withLock { $0.nonce = fresh } }
        return try JSON.parse(reply.body)
    }

    /// The whole way to the first tokens.
    func begin(_ person: BenchBrowser) async throws {
        let pushed = try await post("/openid/par", [
            ("response_type", "code"), ("client_id", id), ("redirect_uri", BenchClient.redirect), ("scope", "openid profile offline_access"),
            ("code_challenge", Fingerprint.base64URL(of: Array(BenchClient.verifier.utf8))), ("code_challenge_method", "S256"), ("ui_locales", "en"),
        ])
        guard let uri = pushed["request_uri"]?.string else { throw BenchmarkError("PAR answered \(pushed.text)") }
        let query = "client_id=\(id)&request_uri=\(PercentEncoding.encode(uri))"
        let page = BenchBrowser.html(await person.send(.get, "/en/openid/continue?\(query)"))
        let token = try BenchBrowser.text(page, after: "name=\"_csrf\" value=\"")
        _ = await person.send(.post, "/en/openid/continue", [("_csrf", token), ("client_id", id), ("request_uri", uri), ("decision", "agree")])
        let back = await person.send(.get, "/en/openid/continue?\(query)").headers[.location] ?? ""
        guard let code = back.split(separator: "code=").dropFirst().first?.prefix(while: { $0 != "&" }) else { throw BenchmarkError("no code in \(back)") }
        _ = try await post("/openid/token", [("grant_type", "none")], proof: try proof("POST", "/openid/token"))
        let fields = [("grant_type", "authorization_code"), ("code", String(code)), ("code_verifier", BenchClient.verifier), ("redirect_uri", BenchClient.redirect)]
        try keep(try await post("/openid/token", fields, proof: try proof("POST", "/openid/token")))
    }

    private func keep(_ tokens: JSON) throws {
        guard let access = tokens["access_token"]?.string, let refresh = tokens["refresh_token"]?.string else {
            throw BenchmarkError("the token endpoint answered \(tokens.text)")
        }
        state.withLock { ($0.access, $0.refresh) = (access, refresh) }
    }

    func refresh() async throws {
        let token = state.withLock { $0.refresh }
        try keep(try await post("/openid/token", [("grant_type", "refresh_token"), ("refresh_token", token)], proof: try proof("POST", "/openid/token")))
    }

    func userInfo() async throws {
        let token = state.withLock { $0.access }
        var headers: HTTPFields = [.authorization: "DPoP \(token)"]
        headers[HTTPField.Name("DPoP")!] = try proof("GET", "/openid/userinfo", token: token)
        let claims = try await answer(Incoming(.get, "/openid/userinfo", headers: headers))
        guard claims["sub"] != nil else { throw BenchmarkError("userinfo answered \(claims.text)") }
    }
}
