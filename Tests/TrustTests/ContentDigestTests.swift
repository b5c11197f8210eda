import Testing
import Trust
import Values

struct ContentDigestTests {
    /// RFC 9530 appendix A and B: the content is `{"hello": "world"}` and a newline.
    private let content = "{\"hello\": \"world\"}\n".bytes
    private let sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    private let sha512 = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:"

    @Test func publishedDigests() throws {
        #expect(ContentDigest.value(for: content) == sha256)
        #expect(ContentDigest.value(for: content, [.sha256, .sha512]) == "\(sha256), \(sha512)")
        for value in [sha256, sha512, "\(sha512),\(sha256)", "md5=:AAAA:, \(sha256)"] { try ContentDigest.verify(value, content: content) }
    }

    /// The contents of RFC 9421 appendix B.2.
    @Test func messagesOfTheSignatureExamples() throws {
        let vectors = try Vectors.load("message-signatures")
        for name in ["request", "response"] {
            let message = try #require(vectors[name])
            let digest = try #require(message["headers"]?.array?.first { $0[0] == "Content-Digest" }?[1]?.string)
            try ContentDigest.verify(digest, content: try #require(message["body"]?.string).bytes)
        }
    }

    @Test func wrongDigestsAreRefused() {
        #expect(throws: ContentDigestError.mismatch) { try ContentDigest.verify(sha256, content: content + [0]) }
        #expect(throws: ContentDigestError.mismatch) { try ContentDigest.verify("\(sha256), sha-512=:AAAA:", content: content) }
        #expect(throws: ContentDigestError.unsupported) { try ContentDigest.verify("", content: content) }
        #expect(throws: ContentDigestError.unsupported) { try ContentDigest.verify("md5=:AAAA:", content: content) }
        for value in ["sha-256", "sha-256=x", "sha-256=:A:", "sha-256=(:AAAA:)", "SHA-256=:AAAA:"] {
            #expect(throws: ContentDigestError.malformed) { try ContentDigest.verify(value, content: content) }
        }
    }
}
