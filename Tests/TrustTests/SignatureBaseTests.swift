import Testing

@testable import Trust

struct SignatureBaseTests {
    private typealias Header = SignableMessage.Header

    private func request(
        _ target: String, method: String = "GET", authority: String = "www.example.com", _ headers: [Header] = []
    ) -> SignableMessage {
        .request(method: method, target: .init(scheme: "https", authority: authority, pathAndQuery: target), headers: headers)
    }

    /// The line of one component.
    private func line(_ component: ComponentIdentifier, _ message: SignableMessage) throws -> String {
        let base = try SignatureBase.make(for: message, components: [component], parameters: "()")
        return String(String(decoding: base, as: UTF8.self).split(separator: "\n")[0])
    }

    /// RFC 9421 section 2.1.
    @Test func fields() throws {
        let message = request("/", [
            Header("Host", "www.example.com"), Header("Date", "Tue, 20 Apr 2021 02:07:56 GMT"),
            Header("X-OWS-Header", "   Leading and trailing whitespace.   "), Header("X-Obs-Fold-Header", "Obsolete\r\n    line folding."),
            Header("Cache-Control", "max-age=60"), Header("Cache-Control", "    must-revalidate"),
            Header("Example-Dict", "  a=1,    b=2;x=1;y=2,   c=(a   b   c)"), Header("X-Empty-Header", ""),
        ])
        #expect(try line("host", message) == "\"host\": www.example.com")
        #expect(try line("date", message) == "\"date\": Tue, 20 Apr 2021 02:07:56 GMT")
        #expect(try line("x-ows-header", message) == "\"x-ows-header\": Leading and trailing whitespace.")
        #expect(try line("x-obs-fold-header", message) == "\"x-obs-fold-header\": Obsolete line folding.")
        #expect(try line("cache-control", message) == "\"cache-control\": max-age=60, must-revalidate")
        #expect(try line("example-dict", message) == "\"example-dict\": a=1,    b=2;x=1;y=2,   c=(a   b   c)")
        #expect(try line("x-empty-header", message) == "\"x-empty-header\": ")
        #expect(throws: MessageSignatureError.missingComponent("\"x-none\"")) { try line("x-none", message) }
    }

    /// RFC 9421 sections 2.1.2 and 2.1.3.
    @Test func membersAndBytes() throws {
        let dictionary = request("/", [Header("Example-Dict", "  a=1, b=2;x=1;y=2, c=(a   b    c), d")])
        func member(_ key: String) -> ComponentIdentifier { ComponentIdentifier("example-dict", key: key) }
        #expect(try line(member("a"), dictionary) == "\"example-dict\";key=\"a\": 1")
        #expect(try line(member("d"), dictionary) == "\"example-dict\";key=\"d\": ?1")
        #expect(try line(member("b"), dictionary) == "\"example-dict\";key=\"b\": 2;x=1;y=2")
        #expect(try line(member("c"), dictionary) == "\"example-dict\";key=\"c\": (a b c)")
        #expect(throws: MessageSignatureError.missingComponent("\"example-dict\";key=\"e\"")) { try line(member("e"), dictionary) }

        let bytes = ComponentIdentifier("example-header", asBytes: true)
        let two = request("/", [Header("Example-Header", "value, with, lots"), Header("Example-Header", "of, commas")])
        #expect(try line(bytes, two) == "\"example-header\";bs: :dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:")
        let one = request("/", [Header("Example-Header", "value, with, lots, of, commas")])
        #expect(try line(bytes, one) == "\"example-header\";bs: :dmFsdWUsIHdpdGgsIGxvdHMsIG9mLCBjb21tYXM=:")
        #expect(throws: MessageSignatureError.self) { try line(ComponentIdentifier("example-dict", asBytes: true, key: "a"), dictionary) }
    }

    /// RFC 9421 section 2.2.
    @Test func derivedComponents() throws {
        let message = request("/path?param=value", method: "POST")
        #expect(try line("@method", message) == "\"@method\": POST")
        #expect(try line("@target-uri", message) == "\"@target-uri\": https://www.example.com/path?param=value")
        #expect(try line("@authority", message) == "\"@authority\": www.example.com")
        #expect(try line("@scheme", message) == "\"@scheme\": https")
        #expect(try line("@request-target", message) == "\"@request-target\": /path?param=value")
        #expect(try line("@path", message) == "\"@path\": /path")
        #expect(try line("@query", request("/path?param=value&foo=bar&baz=bat%2Dman")) == "\"@query\": ?param=value&foo=bar&baz=bat%2Dman")
        #expect(try line("@query", request("/path?queryString")) == "\"@query\": ?queryString")
        #expect(try line("@query", request("/path")) == "\"@query\": ?")
        #expect(try line("@path", request("")) == "\"@path\": /")
        #expect(try line("@authority", request("/", authority: "WWW.Example.com:443")) == "\"@authority\": www.example.com")
        #expect(try line("@authority", request("/", authority: "www.example.com:8443")) == "\"@authority\": www.example.com:8443")
        #expect(try line("@status", .response(status: 200, headers: [])) == "\"@status\": 200")
    }

    /// RFC 9421 section 2.2.8.
    @Test func queryParameters() throws {
        func parameter(_ name: String) -> ComponentIdentifier { ComponentIdentifier("@query-param", queryParameter: name) }
        let message = request("/path?param=value&foo=bar&baz=batman&qux=")
        #expect(try line(parameter("baz"), message) == "\"@query-param\";name=\"baz\": batman")
        #expect(try line(parameter("qux"), message) == "\"@query-param\";name=\"qux\": ")
        #expect(try line(parameter("param"), message) == "\"@query-param\";name=\"param\": value")
        let encoded = request(
            "/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something")
        #expect(try line(parameter("var"), encoded) == "\"@query-param\";name=\"var\": this%20is%20a%20big%0Amultiline%20value")
        #expect(try line(parameter("bar"), encoded) == "\"@query-param\";name=\"bar\": with%20plus%20whitespace")
        #expect(try line(parameter("façade\": "), encoded) == "\"@query-param\";name=\"fa%C3%A7ade%22%3A%20\": something")
        #expect(throws: MessageSignatureError.self) { try line(parameter("none"), message) }
        #expect(throws: MessageSignatureError.self) { try line(parameter("a"), request("/?a=1&a=2")) }
        #expect(throws: MessageSignatureError.self) { try line("@query-param", message) }
    }

    @Test func responsesReachTheirRequest() throws {
        let asked = request("/foo", method: "POST", [Header("Content-Digest", "x")])
        let response = SignableMessage.response(status: 503, headers: [Header("Content-Digest", "y")], to: asked)
        #expect(try line(ComponentIdentifier("@method", ofRequest: true), response) == "\"@method\";req: POST")
        #expect(try line(ComponentIdentifier("content-digest", ofRequest: true), response) == "\"content-digest\";req: x")
        #expect(try line("content-digest", response) == "\"content-digest\": y")
        #expect(throws: MessageSignatureError.self) { try line("@method", response) }
        #expect(throws: MessageSignatureError.self) { try line("@status", asked) }
        #expect(throws: MessageSignatureError.self) { try line(ComponentIdentifier("@method", ofRequest: true), asked) }
        #expect(throws: MessageSignatureError.self) {
            try line(ComponentIdentifier("@method", ofRequest: true), .response(status: 200, headers: []))
        }
    }

    @Test func linesCannotBeForged() {
        let values = ["x\n\"@method\": GET", "a\r\nb", "naïve", "\u{0}", "a\nb"]
        for value in values {
            let message = request("/", [Header("X-Value", value)])
            #expect(throws: MessageSignatureError.unsignableValue("\"x-value\"")) { try line("x-value", message) }
        }
        #expect(throws: MessageSignatureError.malformed("component named twice")) {
            try SignatureBase.make(for: request("/"), components: ["@method", "@method"], parameters: "()")
        }
        #expect(throws: MessageSignatureError.unsupportedComponent("\"@signature-params\"")) { try line("@signature-params", request("/")) }
        #expect(throws: MessageSignatureError.unsupportedComponent("\"@unknown\"")) { try line("@unknown", request("/")) }
    }
}
