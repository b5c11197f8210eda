public import Contracts
public import Database
import HTTPTypes
import Language
import Trust
public import Values
import Web

/// Errors that clients must survive, on request.
enum SimulatedFault: String, Sendable, CaseIterable {
    // At the redirect address.
    case accessDenied = "access-denied"
    case loginRequired = "login-required"
    case unmetRequirements = "unmet-requirements"
    case temporarilyUnavailable = "temporarily-unavailable"
    case wrongState = "wrong-state"
    case wrongIssuer = "wrong-issuer"
    // At the token endpoint.
    case codeExpired = "code-expired"
    case tokenUnavailable = "token-unavailable"
    case wrongNonce = "wrong-nonce"
    case wrongAudience = "wrong-audience"
    case expiredIDToken = "expired-id-token"
    case unknownKey = "unknown-key"
    case badSignature = "bad-signature"
    case refreshRevoked = "refresh-revoked"
    // At userinfo.
    case userInfoRefused = "userinfo-refused"
    case userInfoUnavailable = "userinfo-unavailable"

    /// What stands at the redirect address in the place of a code.
    var atRedirect: OAuthError? {
        switch self {
        case .accessDenied: OAuthError(.accessDenied, "simulated")
        case .loginRequired: OAuthError(.loginRequired, "simulated")
        case .unmetRequirements: OAuthError(.unmetRequirements, "simulated")
        case .temporarilyUnavailable: OAuthError(.temporarilyUnavailable, "simulated")
        default: nil
        }
    }
}

/// A provider for developers: people who are made up sign in without proof, and errors come on request.
public struct Simulator: Sendable {
    let personas: any Personas

    /// - Throws: `SimulatorError` when people other than the personas are registered, so that nobody real is ever signed in without proof.
    public init(personas: any Personas, database: any Database, clock: TimeSource) async throws {
        self.personas = personas
        let time = clock.now()
        let isSafe = try await database.write { connection in
            guard try personas.areAlone(in: connection) else { return false }
            try connection.execute("INSERT INTO openid_simulator (id, since) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", [.instant(time)])
            return true
        }
        guard isSafe else { throw SimulatorError.peopleAreRegistered }
    }

    /// - Throws: `SimulatorError` for a database that was a simulator's: whoever was signed in there proved nothing.
    public static func checkNone(in database: any Database) async throws {
        let found = try await database.read { try $0.first("SELECT id FROM openid_simulator", []) { try $0.int(0) } }
        if found != nil { throw SimulatorError.wasSimulator }
    }
}

public enum SimulatorError: Error, CustomStringConvertible {
    case peopleAreRegistered
    case wasSimulator

    public var description: String {
        switch self {
        case .peopleAreRegistered: "people other than the demo country's are registered here: a simulator needs a database of its own"
        case .wasSimulator: "this database was a simulator's, where people sign in without proof: it cannot become a real one"
        }
    }
}

extension OpenID {
    static let simulatorPath = "/openid/simulator"

    var simulatorRoutes: [Route] {
        guard simulator != nil else { return [] }
        return [
            .page(.get, OpenID.simulatorPath, for: .everyone, "openid.showSimulator", "Who signs in, and what goes wrong", showSimulator),
            .page(.post, OpenID.simulatorPath, for: .everyone, "openid.simulate", "Sign in as somebody who is made up", simulate),
        ]
    }

    private func showSimulator(_ call: Call) async throws -> Reply {
        guard let simulator else { throw Problem.notFound }
        let cards = try await database.read { try simulator.personas.cards(in: $0) }
        let data: [String: Any] = [
            "clientID": call.query["client_id"] ?? "", "requestURI": call.query["request_uri"] ?? "",
            "personas": cards.enumerated().map { ["id": $0.element.id, "name": $0.element.fullName, "isFirst": $0.offset == 0] as [String: Any] },
            "faults": SimulatedFault.allCases.map { ["value": $0.rawValue, "text": site.text("openID.fault.\($0.rawValue)", call)] },
        ]
        return try site.page("openID/simulator", Site.Heading(site.text("openID.simulator.title", call)), data, for: call)
    }

    private func simulate(_ call: Call) async throws -> Reply {
        guard let simulator else { throw Problem.notFound }
        let fields = try call.form()
        let (client, uri) = (fields["client_id"] ?? "", fields["request_uri"] ?? "")
        let (requests, time, fault) = (requests, clock.now(), fields["fault"].flatMap(SimulatedFault.init))
        let (person, credential) = (fields["person"] ?? "", fields["level"] == "3" ? 3 : 2)
        let token = try await database.write { connection -> String? in
            guard let pending = try requests.find(uri, of: client, at: time, in: connection) else { return nil }
            if let fault { try requests.set(fault, of: pending, in: connection) }
            return try simulator.personas.open(for: person, credential: credential, at: time, in: connection)
        }
        guard let token else { throw Problem(400, "openID.request-gone") }
        return try site.onward(to: call.page(OpenID.place(client, uri)), call).settingCookie(Dispatcher.sessionCookie, token)
    }

    /// A signed token with what a client must notice.
    func spoiled(_ claims: JSON, _ fault: SimulatedFault?, at time: Instant) async throws -> String {
        var claims = claims
        switch fault {
        case .wrongNonce: claims["nonce"] = "another nonce"
        case .wrongAudience: claims["aud"] = "somebody-else"
        case .expiredIDToken:
            claims["iat"] = .int(time.seconds - 7_200)
            claims["exp"] = .int(time.seconds - 3_600)
        default: break
        }
        let key = fault == .unknownKey ? SigningKey.generate(.ecdsaP256) : try await keys.signing(at: time)
        let token = try JWS.sign(claims.bytes, by: key, type: "JWT")
        guard fault == .badSignature, let dot = token.lastIndex(of: ".") else { return token }
        let other = try SigningKey.generate(.ecdsaP256).signature(over: Array(token[..<dot].utf8))
        return "\(token[..<dot]).\(Base64.encodeURL(other))"
    }
}

extension RequestStore {
    func set(_ fault: SimulatedFault, of pending: PendingRequest, in connection: any Connection) throws {
        try connection.execute("UPDATE openid_request SET fault = $1 WHERE request_hash = $2", [.text(fault.rawValue), .text(pending.hash)])
    }
}
