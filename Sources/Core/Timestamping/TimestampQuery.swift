internal import COpenSSL
import Trust

/// A request for a token (RFC 3161 section 2.4.1), with a nonce of its own so that an old reply is no answer to it.
struct TimestampQuery {
    let der: [UInt8]
    /// SHA-256.
    let hash: [UInt8]
    let nonce: UInt64

    init(over bytes: [UInt8]) throws(TimestampError) {
        hash = Fingerprint.bytes(of: bytes)
        nonce = UInt64.random(in: 1...UInt64.max)
        guard let query = TS_REQ_new(), let imprint = TS_MSG_IMPRINT_new(), let algorithm = X509_ALGOR_new(), let number = ASN1_INTEGER_new() else {
            throw .unreadable
        }
        defer {
            TS_REQ_free(query)
            TS_MSG_IMPRINT_free(imprint)
            X509_ALGOR_free(algorithm)
            ASN1_INTEGER_free(number)
        }
        var digest = hash
        // Each of them copies what it is given.
        let isMade =
            X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nil) == 1 && TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1
            && TS_MSG_IMPRINT_set_msg(imprint, &digest, Int32(digest.count)) == 1 && TS_REQ_set_version(query, 1) == 1
            && TS_REQ_set_msg_imprint(query, imprint) == 1 && ASN1_INTEGER_set_uint64(number, nonce) == 1 && TS_REQ_set_nonce(query, number) == 1
            && TS_REQ_set_cert_req(query, 1) == 1
        guard isMade, let der = OpenSSL.encode({ i2d_TS_REQ(query, $0) }) else { throw .unreadable }
        self.der = der
    }
}
