import HTTPTypes

/// On every answer, in one place. No inline code or style anywhere, nothing from other hosts, no frames.
struct SecurityHeaders: Sendable {
    private let fixed: [HTTPField]

    init(formTargets: [String]) {
        let targets = (["'self'"] + formTargets).joined(separator: " ")
        let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            + "form-action \(targets); frame-ancestors 'none'; base-uri 'none'"
        fixed = [
            HTTPField(name: .contentSecurityPolicy, value: policy),
            HTTPField(name: .strictTransportSecurity, value: "max-age=31536000; includeSubDomains"),
            HTTPField(name: .xContentTypeOptions, value: "nosniff"),
            HTTPField(name: HTTPField.Name("Referrer-Policy")!, value: "same-origin"),
            HTTPField(name: HTTPField.Name("Permissions-Policy")!, value: "camera=(), microphone=(), geolocation=()"),
            HTTPField(name: HTTPField.Name("Cross-Origin-Opener-Policy")!, value: "same-origin"),
        ]
    }

    func add(to reply: inout Reply) {
        for field in fixed where reply.headers[field.name] == nil { reply.headers.append(field) }
    }
}
