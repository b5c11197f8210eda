import Contracts
import Language
import Trust
import Values
import Web

/// A version of what a body registers of a system of its own.
struct Application: Sendable {
    enum State: String, Sendable {
        case submitted, live, refused, replaced, retired
    }

    let clientID: String
    let version: Int64
    let bodyID: String
    let content: JSON
    let state: State
    let applicantID: String
    let reviewerID: String?
    let reason: String?
    let createdAt: Instant
    let decidedAt: Instant?

    /// What is live once this is approved: without what is for trying out.
    var metadata: JSON {
        var metadata = content
        metadata[Application.testAddresses] = nil
        return metadata
    }

    /// The client for trying out: at once, but only back to the developer's own machine, where nobody else's browser leads anywhere.
    var testMetadata: JSON? {
        guard let addresses = content[Application.testAddresses]?.array, !addresses.isEmpty else { return nil }
        var metadata = metadata
        metadata["client_id"] = .string(Application.testID(of: clientID))
        metadata["redirect_uris"] = .array(addresses)
        metadata["zamin_sector"] = .string("\(content["zamin_sector"]?.string ?? "")\(Application.testSuffix)")
        metadata["zamin_test"] = true
        metadata["backchannel_logout_uri"] = nil
        metadata["post_logout_redirect_uris"] = nil
        return metadata
    }

    static let testAddresses = "zamin_test_redirect_uris"
    static let testSuffix = "-test"
    static func testID(of clientID: String) -> String { clientID + testSuffix }
}

/// What a developer typed about a system, and what is wrong with it.
struct ApplicationForm: Sendable {
    let fields: Fields
    private(set) var faults: [(field: String, reason: String)] = []
    private(set) var content: JSON = .null

    private static let idPattern = "abcdefghijklmnopqrstuvwxyz0123456789-"

    /// - Parameter allowsLoopback: whether live addresses may lie on the developer's own machine: only where this server does as well.
    init(_ fields: Fields, bodyID: String, allowsLoopback: Bool) {
        self.fields = fields
        var members: [String: JSON] = [
            "client_id": .string(fields.trimmed("id") ?? ""), "zamin_body": .string(bodyID), "zamin_sector": .string(fields.trimmed("sector") ?? bodyID),
            "client_name": .string(fields.trimmed("name_en") ?? fields.trimmed("name_he") ?? ""),
            "redirect_uris": ApplicationForm.lines(fields["redirects"]), "post_logout_redirect_uris": ApplicationForm.lines(fields["leaving"]),
            Application.testAddresses: ApplicationForm.lines(fields["tests"]),
        ]
        for language in Language.allCases {
            if let name = fields.trimmed("name_\(language.rawValue)") { members["client_name#\(language.rawValue)"] = .string(name) }
        }
        if let address = fields.trimmed("backchannel") { members["backchannel_logout_uri"] = .string(address) }
        if let address = fields.trimmed("jwks_uri") { members["jwks_uri"] = .string(address) } else {
            members["jwks"] = (try? JSON.parse(fields["jwks"] ?? "")) ?? .null
        }
        members["zamin_scope_bases"] = .object(ApplicationForm.bases(fields))
        content = .object(members)
        check(allowsLoopback)
    }

    mutating func fault(_ field: String, _ reason: String) { faults.append((field, reason)) }

    private static func lines(_ text: String?) -> JSON {
        .strings((text ?? "").split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.map { String($0.prefix { $0 != " " }) }.filter { !$0.isEmpty })
    }

    private static func bases(_ fields: Fields) -> [String: JSON] {
        var bases: [String: JSON] = [:]
        for scope in Scope.allCases where !scope.needsNoBasis {
            let name = scope.rawValue
            switch fields["basis_\(name)"] {
            case "consent": bases[name] = ["kind": "consent", "reference": "asked on the page"]
            case "law":
                bases[name] = .members([
                    "kind": "law", "reference": .string(fields.trimmed("law_\(name)") ?? ""),
                    "title": .string(fields.trimmed("title_en_\(name)") ?? fields.trimmed("title_he_\(name)") ?? ""),
                    "title#he": fields.trimmed("title_he_\(name)").map(JSON.string), "title#en": fields.trimmed("title_en_\(name)").map(JSON.string),
                ])
            default: break
            }
        }
        return bases
    }

    /// Every member that is wrong, not only the first: what was found is set right for the next look.
    private mutating func check(_ allowsLoopback: Bool) {
        let id = content["client_id"]?.string ?? ""
        if !(3...60).contains(id.count) || !id.allSatisfy(ApplicationForm.idPattern.contains) || id.hasSuffix(Application.testSuffix) {
            faults.append(("id", "id"))
        }
        if content["client_name#he"] == nil { faults.append(("name_he", "name")) }
        let live = content["redirect_uris"]?.array?.compactMap(\.string) ?? []
        if !allowsLoopback, live.contains(where: { !$0.hasPrefix("https://") }) { faults.append(("redirects", "https")) }
        // Also for trying out our server asks there: nothing inside may be reached by that.
        if !allowsLoopback, let keys = content["jwks_uri"]?.string, !keys.hasPrefix("https://") { faults.append(("jwks_uri", "https")) }
        let tests = content[Application.testAddresses]?.array?.compactMap(\.string) ?? []
        if tests.contains(where: { !ApplicationForm.isLoopback($0) }) { faults.append(("tests", "loopback")) }
        for scope in content["zamin_scope_bases"]?.object ?? [:] where scope.value["kind"] == "law" {
            if scope.value["title#he"] == nil || scope.value["reference"]?.string?.isEmpty != false { faults.append(("basis_\(scope.key)", "law")) }
        }
        var attempt = content
        let standIn: [String: JSON] = [
            "client_id": "stand-in", "client_name": "x", "zamin_sector": "x", "redirect_uris": ["https://x.example/"], "post_logout_redirect_uris": [],
            "backchannel_logout_uri": "https://x.example/", "jwks": JWKSet([SigningKey.generate(.ecdsaP256).verifyingKey]).json, "zamin_scope_bases": [:],
            "jwks_uri": "https://x.example/",
        ]
        for _ in standIn {
            do throws(ClientError) { _ = try Client(json: attempt) } catch {
                let field = ApplicationForm.field(of: error.member)
                if !faults.contains(where: { $0.field == field }) { faults.append((field, ApplicationForm.reason(of: error.member))) }
                guard let right = standIn[error.member] else { return }
                attempt[error.member] = right
                continue
            }
            return
        }
    }

    private static func isLoopback(_ address: String) -> Bool {
        ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { host in
            address.hasPrefix(host) && (address.dropFirst(host.count).first.map { ":/?".contains($0) } ?? true)
        }
    }

    private static func field(of member: String) -> String {
        switch member {
        case "client_id": "id"
        case "client_name": "name_he"
        case "zamin_sector": "sector"
        case "redirect_uris": "redirects"
        case "post_logout_redirect_uris": "leaving"
        case "backchannel_logout_uri": "backchannel"
        case "jwks": "jwks"
        case "jwks_uri": "jwks_uri"
        default: "basis_profile"
        }
    }

    private static func reason(of member: String) -> String {
        switch member {
        case "redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri", "jwks_uri": "address"
        case "jwks": "jwks"
        case "client_id": "id"
        case "client_name": "name"
        default: "law"
        }
    }
}
