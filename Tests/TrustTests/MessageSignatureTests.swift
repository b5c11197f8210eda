import Testing
import Values

@testable import Trust

/// The messages, keys and signatures of RFC 9421.
private struct Examples {
    let vectors: JSON
    let now = Instant(seconds: 1_618_884_480)

    init() throws { vectors = try Vectors.load("message-signatures") }

    func message(_ name: String, answering: String? = nil) throws -> SignableMessage {
        let json = try #require(vectors[name])
        let headers = try #require(json["headers"]?.array).map { SignableMessage.Header($0[0]?.string ?? "", $0[1]?.string ?? "") }
        if let status = json["status"]?.int {
            return .response(status: Int(status), headers: headers, to: try answering.map { try message($0) })
        }
        let target = SignableMessage.Target(
            scheme: "https", authority: try #require(json["authority"]?.string), pathAndQuery: try #require(json["target"]?.string))
        return .request(method: try #require(json["method"]?.string), target: target, headers: headers)
    }

    var secret: HMACKey { HMACKey(bytes: Base64.decode(vectors["test-shared-secret"]?.string ?? "") ?? []) }

    func verifyingKey(_ id: String?) -> MessageVerifyingKey? {
        if id == "test-shared-secret" { return .shared(secret) }
        return (vectors["keys"]?[id ?? ""]?.string).flatMap { try? VerifyingKey(pem: $0) }.map { .asymmetric($0) }
    }

    func signingKey(_ id: String?) throws -> MessageSigningKey {
        if id == "test-shared-secret" { return .shared(secret) }
        return .asymmetric(try SigningKey(pem: try #require(vectors["privateKeys"]?[id ?? ""]?.string)))
    }

    let anyAlgorithm = SignaturePolicy(requiredComponents: [], algorithms: Set(MessageAlgorithm.allCases), ageLimitSeconds: nil)
}

struct MessageSignatureTests {
    @Test func publishedSignaturesVerify() throws {
        let examples = try Examples()
        let vectors = try #require(examples.vectors["signatures"]?.array)
        #expect(vectors.count == 6)
        for vector in vectors {
            var message = try examples.message(vector["of"]?.string ?? "", answering: vector["answers"]?.string)
            let plain = message
            let input = try #require(vector["input"]?.string)
            message.headers.append(.init("Signature-Input", input))
            message.headers.append(.init("Signature", try #require(vector["signature"]?.string)))
            let signature = try MessageSignature.verified(
                message, policy: examples.anyAlgorithm, now: examples.now, key: examples.verifyingKey)
            if let lines = vector["base"]?.array {
                let base = String(decoding: try signature.base(for: message), as: UTF8.self)
                #expect(base == lines.compactMap(\.string).joined(separator: "\n"))
            }
            let mine = try MessageSignature.sign(
                plain, label: signature.label, components: signature.components, parameters: signature.parameters,
                by: try examples.signingKey(signature.parameters.keyID))
            #expect(mine.headers[0].value == input)
            // ECDSA signs differently each time; the others give the published bytes.
            if vector["repeatable"] == true { #expect(mine.headers[1].value == vector["signature"]?.string) }
            var resigned = plain
            resigned.headers += mine.headers
            _ = try MessageSignature.verified(resigned, policy: examples.anyAlgorithm, now: examples.now, key: examples.verifyingKey)
        }
    }

    /// The changes of appendix B.4 that break the signature.
    @Test func changedMessagesFail() throws {
        let examples = try Examples()
        let vector = try #require(examples.vectors["signatures"]?.array?.last)
        let signed: [SignableMessage.Header] = [
            .init("Signature-Input", try #require(vector["input"]?.string)), .init("Signature", try #require(vector["signature"]?.string)),
        ]
        let accept: [SignableMessage.Header] = [.init("Accept", "application/json"), .init("Accept", "*/*")]
        func verify(_ method: String, _ authority: String, _ target: String, _ headers: [SignableMessage.Header]) throws {
            let message = SignableMessage.request(
                method: method, target: .init(scheme: "https", authority: authority, pathAndQuery: target), headers: headers + signed)
            _ = try MessageSignature.verified(message, policy: examples.anyAlgorithm, now: examples.now, key: examples.verifyingKey)
        }
        try verify("GET", "example.org", "/demo?other=1", accept + [.init("Accept-Language", "en")])
        try verify("GET", "example.org", "/demo", [.init("Accept", "application/json, */*")])
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("POST", "example.org", "/demo", accept) }
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("GET", "example.com", "/demo", accept) }
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("GET", "example.org", "/demo/", accept) }
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("GET", "example.org", "/demo", accept.reversed()) }
        #expect(throws: MessageSignatureError.missingComponent("\"accept\"")) { try verify("GET", "example.org", "/demo", []) }
    }

    @Test func malformedHeadersAreRefused() throws {
        let message = try Examples().message("request")
        func all(_ input: String?, _ signature: String?) throws -> Int {
            var message = message
            if let input { message.headers.append(.init("Signature-Input", input)) }
            if let signature { message.headers.append(.init("Signature", signature)) }
            return try MessageSignature.all(in: message).count
        }
        #expect(try all(nil, nil) == 0)
        #expect(try all("a=(\"@method\");created=1, b=()", "b=:AA==:, a=:AQ==:") == 2)
        let malformed: [(String?, String?)] = [
            ("a=()", "b=:AA==:"), ("a=()", nil), (nil, "a=:AA==:"), ("a=()", "a=x"), ("a=1", "a=:AA==:"), ("a=(", "a=:AA==:"),
            ("a=(\"Date\")", "a=:AA==:"), ("a=(date)", "a=:AA==:"), ("a=(\"\")", "a=:AA==:"), ("a=(\"@\")", "a=:AA==:"),
            ("a=()", "a=(:AA==:)"),
        ]
        for (input, signature) in malformed {
            #expect(throws: MessageSignatureError.self) { try all(input, signature) }
        }
        #expect(throws: MessageSignatureError.parameter("created")) { try all("a=();created=\"1\"", "a=:AA==:") }
        #expect(throws: MessageSignatureError.parameter("alg")) { try all("a=();alg=ed25519", "a=:AA==:") }
        let many = (0..<9).map { "s\($0)=()" }.joined(separator: ",")
        #expect(throws: MessageSignatureError.tooLarge) { try all(many, many.replacing("()", with: ":AA==:")) }
        #expect(throws: MessageSignatureError.tooLarge) { try all("a=(\(String(repeating: "\"x\" ", count: 65)))", "a=:AA==:") }
    }

    @Test func unsupportedParametersAreRefused() throws {
        let examples = try Examples()
        let unsupported = [
            "\"content-type\";sf", "\"content-type\";tr", "\"@method\";bs", "\"content-type\";key=1", "\"@query-param\";name=x",
        ]
        for component in unsupported {
            var message = try examples.message("request")
            message.headers += [.init("Signature-Input", "a=(\(component))"), .init("Signature", "a=:AA==:")]
            let signature = try #require(MessageSignature.all(in: message).first)
            #expect(throws: MessageSignatureError.self, "\(component)") { try signature.base(for: message) }
        }
        #expect(throws: MessageSignatureError.malformed("label")) {
            try MessageSignature.sign(
                try examples.message("request"), label: "A b", components: [], parameters: .init(), by: .shared(examples.secret))
        }
    }
}
