import Contracts
import Language
import Trust
import Values

/// A consent that was given, with its signed record.
struct ConsentRecord: Sendable, Hashable {
    let grant: ConsentGrant
    let requestID: String
    /// JWS over the record as it was given.
    let receipt: String
    /// JWS over the record with the event of its being taken back.
    let revocationReceipt: String?

    /// `given`, `revoked` or `over`.
    func state(at time: Instant) -> String { grant.revokedAt != nil ? "revoked" : time < grant.validUntil ? "given" : "over" }
}

/// Signs records of consent, with the names of ISO/IEC TS 27560:2023, clause 6.3, and their receipts, clause 6.4.
struct ConsentSeal: Sendable {
    static let type = "consent-receipt+jwt"
    static let schema = "ISO/IEC TS 27560:2023"

    let key: SigningKey
    let publicURL: String

    var keySet: JSON { ["keys": [key.verifyingKey.jwk]] }

    /// - Parameters:
    ///   - principal: who gave it, by internal id.
    ///   - parties: names of the two bodies by id, in the language of the page she read.
    func receipt(of grant: ConsentGrant, under offer: ConsentOffer, reason: String, parties: [String: String], language: Language) throws -> String {
        let information = offer.fields.map { field -> JSON in
            ["pii_type": .string(field.label), "pii_attribute_id": .string(field.pointer), "pii_optional": false, "purpose_of_use": field.need]
        }
        let record: JSON = [
            "receipt_id": .string(UUIDv7.next(at: grant.givenAt)), "schema_version": .string(Self.schema), "record_id": .string(grant.id),
            "pii_principal_id": .string(grant.subjectID), "privacy_notice": .string("\(publicURL)/\(language.rawValue)/data-transfers/\(offer.agreementID)"),
            "language": .string(language.rawValue),
            "purposes": [
                [
                    "purpose": .string(reason), "purpose_type": .string(grant.purpose), "lawful_basis": "consent", "pii_information": .array(information),
                    "pii_controllers": [.string(offer.consumerID)], "collection_method": "from-third-party", "processing_methods": ["use"],
                    "services": .strings(grant.operations), "jurisdictions": ["IL"], "retention_period": .string("P\(offer.retentionDays)D"),
                    "recipient_third_parties": [], "withdrawal_method": .string("\(publicURL)/\(language.rawValue)/me/consents/\(grant.id)"),
                    "privacy_rights": ["withdraw-consent", "access", "rectification"],
                    "agreement": .string(offer.agreementID), "agreement_version": .int(Int64(offer.version)), "law": .string(offer.law),
                ]
            ],
            "party_identification": .array(
                [(offer.consumerID, "pii-controller"), (offer.providerID, "pii-source")].map { id, role in
                    ["party_id": .string(id), "party_name": .string(parties[id] ?? id), "party_type": "public-body", "party_role": .string(role)]
                }),
            "events": [event("consent_given", at: grant.givenAt, by: grant.subjectID, until: grant.validUntil)],
        ]
        return try JWS.sign(CanonicalJSON.bytes(of: record), by: key, type: Self.type)
    }

    /// The same record, with the event that ended it.
    func receipt(of record: ConsentRecord, revokedAt time: Instant) throws -> String {
        var content = try content(of: record.receipt)
        content["receipt_id"] = .string(UUIDv7.next(at: time))
        content["events"] = .array((content["events"]?.array ?? []) + [event("consent_withdrawn", at: time, by: record.grant.subjectID, until: nil)])
        return try JWS.sign(CanonicalJSON.bytes(of: content), by: key, type: Self.type)
    }

    /// What a receipt says, once its signature is found right.
    func content(of receipt: String) throws -> JSON {
        try JSON.parse(try JWS.verify(receipt, type: Self.type) { _ in key.verifyingKey }.payload)
    }

    private func event(_ state: String, at time: Instant, by subject: String, until: Instant?) -> JSON {
        .members([
            "event_type": "explicit", "event_state": .string(state), "event_time": .string(time.description), "entity_id": .string(subject),
            "valid_until": until.map { .string($0.description) },
        ])
    }
}
