internal import COpenSSL
public import Values

/// Why the certificate of a smart card is not accepted.
public enum CardFault: Error, Hashable, Sendable {
    case unreadable
    /// No authority of ours stands behind it, or it is not for proving who one is. OpenSSL's number and words (`X509_V_ERR_…`).
    case untrusted(Int32, String)
    case expired
    case revoked
    /// The list of revoked cards is missing, too old or not signed by the authority: no card is believed.
    case noRevocationList(Int32)
    /// It names nobody.
    case noNumber
}

/// What a certificate of a smart card says that is needed here.
public struct CardCertificate: Sendable, Hashable {
    /// The digits of the holder's national number.
    public let nationalNumber: String
    /// Of the certificate, as lists of revoked ones give it.
    public let serialNumber: String
}

/// The authorities whose smart cards are believed, and their lists of revoked ones.
public struct CardAuthorities: Sendable, Hashable {
    /// Certificates of the authorities, those in the middle too, as PEM.
    public let authoritiesPath: String
    /// Lists of revoked certificates (RFC 5280 section 5) of all of them, as PEM. Read anew for each card, so that the newest counts.
    public let revocationsPath: String

    public init(authoritiesPath: String, revocationsPath: String) {
        (self.authoritiesPath, self.revocationsPath) = (authoritiesPath, revocationsPath)
    }

    /// Checks a certificate by RFC 5280 section 6: signatures up to an authority, dates, use for client authentication, revocation of each
    /// certificate on the path. Whether the peer has the private key is the matter of the TLS handshake that brought it.
    ///
    /// - Parameter der: the certificate.
    public func check(_ der: [UInt8], at time: Instant) throws(CardFault) -> CardCertificate {
        guard let certificate = der.withUnsafeBufferPointer({ bytes -> OpaquePointer? in
            var start = bytes.baseAddress
            return d2i_X509(nil, &start, bytes.count)
        }) else { throw .unreadable }
        defer { X509_free(certificate) }
        guard let store = X509_STORE_new() else { throw .unreadable }
        defer { X509_STORE_free(store) }
        guard X509_STORE_load_file(store, authoritiesPath) == 1 else { throw .untrusted(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "no authorities") }
        guard X509_STORE_load_file(store, revocationsPath) == 1 else { throw .noRevocationList(X509_V_ERR_UNABLE_TO_GET_CRL) }
        try CardAuthorities.verify(certificate, by: store, at: time)
        guard let number = CardAuthorities.nationalNumber(CardAuthorities.subjectSerialNumber(certificate)) else { throw .noNumber }
        return CardCertificate(nationalNumber: number, serialNumber: CardAuthorities.serialNumber(certificate))
    }

    private static func verify(_ certificate: OpaquePointer, by store: OpaquePointer, at time: Instant) throws(CardFault) {
        guard let context = X509_STORE_CTX_new() else { throw .unreadable }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, certificate, nil) == 1, let rules = X509_STORE_CTX_get0_param(context) else { throw .unreadable }
        X509_VERIFY_PARAM_set_flags(rules, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_X509_STRICT))
        X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT)
        X509_VERIFY_PARAM_set_time(rules, Int(time.seconds))
        guard X509_verify_cert(context) != 1 else { return }
        let error = X509_STORE_CTX_get_error(context)
        switch error {
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID: throw .expired
        case X509_V_ERR_CERT_REVOKED: throw .revoked
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID, X509_V_ERR_CRL_SIGNATURE_FAILURE:
            throw .noRevocationList(error)
        default: throw .untrusted(error, X509_verify_cert_error_string(Int(error)).map { String(cString: $0) } ?? "")
        }
    }

    private static func subjectSerialNumber(_ certificate: OpaquePointer) -> String {
        guard let name = X509_get_subject_name(certificate) else { return "" }
        var buffer = [CChar](repeating: 0, count: 64)
        let length = X509_NAME_get_text_by_NID(name, NID_serialNumber, &buffer, Int32(buffer.count))
        guard length > 0 else { return "" }
        return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The `serialNumber` of a natural person's name: `PNOIL-600000012` (ETSI EN 319 412-1 section 5.1.3), or the digits alone.
    static func nationalNumber(_ text: String) -> String? {
        let digits = text.hasPrefix("PNOIL-") ? text.dropFirst(6) : text[...]
        return digits.utf8.count == 9 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? String(digits) : nil
    }

    private static func serialNumber(_ certificate: OpaquePointer) -> String {
        guard let number = X509_get0_serialNumber(certificate), let integer = ASN1_INTEGER_to_BN(number, nil) else { return "" }
        defer { BN_free(integer) }
        guard let text = BN_bn2hex(integer) else { return "" }
        defer { CRYPTO_free(text, #fileID, #line) }
        return String(cString: text)
    }
}
