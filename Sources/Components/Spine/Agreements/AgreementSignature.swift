import Trust
import Values

/// A party's signature under an agreement: a JWS (RFC 7515) over its id, version and content hash.
enum AgreementSignature {
    static let type = "zamin-agreement+jws"

    static func sign(_ agreement: Agreement, as bodyID: String, by key: SigningKey) throws -> String {
        let payload: JSON = [
            "agreement": .string(agreement.id), "version": .int(Int64(agreement.version)), "sha256": .string(try agreement.contentHash()),
            "party": .string(bodyID),
        ]
        return try JWS.sign(try CanonicalJSON.bytes(of: payload), by: key, type: type)
    }

    /// Whether this is that body's signature under exactly this content.
    static func isValid(_ token: String, under agreement: Agreement, of bodyID: String, by key: VerifyingKey) -> Bool {
        guard let jws = try? JWS.verify(token, type: type, key: { $0 == key.keyID ? key : nil }),
            let payload = try? JSON.parse(jws.payload),
            let hash = try? agreement.contentHash()
        else { return false }
        return payload["agreement"]?.string == agreement.id && payload["version"]?.int == Int64(agreement.version)
            && payload["sha256"]?.string == hash && payload["party"]?.string == bodyID
    }
}
