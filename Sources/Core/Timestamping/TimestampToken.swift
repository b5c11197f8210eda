internal import COpenSSL
import Foundation
public import Values

/// An authority's word that bytes were there at a time: a time-stamp token (RFC 3161 section 2.4.2) that has been checked.
public struct TimestampToken: Hashable, Sendable {
    /// A CMS `ContentInfo`.
    public let der: [UInt8]
    /// The `genTime`, in whole seconds.
    public let time: Instant

    /// The token in a reply to a query of ours.
    init(reply: [UInt8], to query: TimestampQuery, authoritiesPath: String) throws(TimestampError) {
        guard let response = OpenSSL.decode(reply, d2i_TS_RESP, TS_RESP_free) else { throw .unreadable }
        defer { TS_RESP_free(response) }
        let status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response)))
        guard status == TS_STATUS_GRANTED || status == TS_STATUS_GRANTED_WITH_MODS else { throw .refused(status) }
        guard let token = TS_RESP_get_token(response), let der = OpenSSL.encode({ i2d_PKCS7(token, $0) }) else { throw .unreadable }
        try self.init(der: der, hash: query.hash, nonce: query.nonce, authoritiesPath: authoritiesPath)
    }

    /// - Parameter nonce: of the query; nil for a token that was kept.
    init(der: [UInt8], hash: [UInt8], nonce: UInt64?, authoritiesPath: String) throws(TimestampError) {
        guard let token = OpenSSL.decode(der, d2i_PKCS7, PKCS7_free) else { throw .unreadable }
        defer { PKCS7_free(token) }
        guard let info = PKCS7_to_TS_TST_INFO(token), let context = TS_VERIFY_CTX_new() else { throw .unreadable }
        defer {
            TS_TST_INFO_free(info)
            // With everything that is set on it below.
            TS_VERIFY_CTX_free(context)
        }
        guard let time = TimestampToken.time(of: info) else { throw .unreadable }
        guard nonce == nil || nonce == TimestampToken.nonce(of: info) else { throw .untrusted("it answers another request") }
        TS_VERIFY_CTX_set_flags(context, Int32(TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_IMPRINT))
        TS_VERIFY_CTX_set_imprint(context, OpenSSL.copy(hash), hash.count)
        TS_VERIFY_CTX_set_store(context, try TimestampToken.authorities(authoritiesPath, at: time))
        ERR_clear_error()
        guard TS_RESP_verify_token(context, token) == 1 else { throw .untrusted(OpenSSL.lastError) }
        (self.der, self.time) = (der, time)
    }

    private static func authorities(_ path: String, at time: Instant) throws(TimestampError) -> OpaquePointer? {
        guard let store = X509_STORE_new() else { throw .noAuthorities(path) }
        guard X509_STORE_load_file(store, path) == 1, let rules = X509_STORE_get0_param(store) else {
            X509_STORE_free(store)
            throw .noAuthorities(path)
        }
        X509_VERIFY_PARAM_set_time(rules, Int(time.seconds))
        return store
    }

    private static func nonce(of info: OpaquePointer) -> UInt64? {
        var number: UInt64 = 0
        guard let nonce = TS_TST_INFO_get_nonce(info), ASN1_INTEGER_get_uint64(&number, nonce) == 1 else { return nil }
        return number
    }

    private static func time(of info: OpaquePointer) -> Instant? {
        var parts = tm()
        guard let written = TS_TST_INFO_get_time(info), ASN1_TIME_to_tm(written, &parts) == 1 else { return nil }
        return Instant(seconds: Int64(timegm(&parts)))
    }
}
