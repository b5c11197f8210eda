import HTTPTypes
import Values
import Web

/// An error in the words of OAuth (RFC 6749 section 5.2, RFC 9126 section 2.3, RFC 9449 section 5).
struct OAuthError: Error, Equatable {
    enum Code: String {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case invalidScope = "invalid_scope"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidRequestObject = "invalid_request_object"
        case requestNotSupported = "request_not_supported"
        case invalidDPoPProof = "invalid_dpop_proof"
        case useDPoPNonce = "use_dpop_nonce"
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
        // At the redirect address (OpenID Connect Core section 3.1.2.6 and the specification of unmet requirements).
        case temporarilyUnavailable = "temporarily_unavailable"
        case accessDenied = "access_denied"
        case loginRequired = "login_required"
        case consentRequired = "consent_required"
        case unmetRequirements = "unmet_authentication_requirements"
    }

    let code: Code
    /// For developers, in ASCII without quotes (RFC 6749 section 5.2).
    let detail: String

    private static let algorithms = "algs=\"\(OpenID.algorithms.joined(separator: " "))\""

    init(_ code: Code, _ detail: String) { (self.code, self.detail) = (code, detail) }

    var json: JSON { ["error": .string(code.rawValue), "error_description": .string(detail)] }

    /// At an endpoint for clients.
    var reply: Reply {
        var reply = Reply.json(json, status: code == .invalidClient ? 401 : 400)
        reply.headers[.cacheControl] = "no-store"
        return reply
    }

    /// At a resource that was asked without any token (RFC 6750 section 3.1).
    static var unasked: Reply {
        var reply = Reply.json(["error": "invalid_token", "error_description": "an access token by the scheme DPoP is required"], status: 401)
        reply.headers[.wwwAuthenticate] = "DPoP \(OAuthError.algorithms)"
        return reply
    }

    /// At a resource (RFC 6750 section 3, RFC 9449 section 7.1).
    var challenge: Reply {
        var reply = Reply.json(json, status: code == .insufficientScope ? 403 : 401)
        reply.headers[.wwwAuthenticate] = "DPoP error=\"\(code.rawValue)\", error_description=\"\(detail)\", \(OAuthError.algorithms)"
        reply.headers[.cacheControl] = "no-store"
        return reply
    }
}

extension HTTPField.Name {
    static let dpop = HTTPField.Name("DPoP")!
    static let dpopNonce = HTTPField.Name("DPoP-Nonce")!
}
