import Contracts
import Language
@testable import Spine
import Testing
import Trust
import Values
import Web

enum Sample {
    static let agreement = Agreement(
        id: "sample", version: 1, consumerID: "municipality-haifa", providerID: "population-authority", operations: ["population.person"],
        fields: [
            AgreementField(
                pointer: JSONPointer("/givenName")!, label: "givenName", need: LocalizedText([.en: "To write to her"]), law: "law-1"),
            AgreementField(
                pointer: JSONPointer("/children/*/birthDate")!, label: "children", need: LocalizedText([.en: "To count"]), law: "law-1"),
        ],
        purposes: ["municipal-tax-discount"], law: "law-1", population: LocalizedText([.en: "Applicants"]), bases: ["law", "request"],
        actors: [.person, .officer], assurance: .substantial, ratePerMinute: 60, retentionDays: 30, visibility: .now, validFrom: CalendarDate("2026-01-01")!,
        validUntil: CalendarDate("2026-12-31")!)

    static let request = AgreementRequest(
        consumerID: "municipality-haifa", providerID: "population-authority", operation: "population.person",
        purpose: "municipal-tax-discount",
        basis: .law("law-1"), actorKind: .person, office: nil, assurance: .substantial, day: CalendarDate("2026-11-23")!)
}

@Suite struct AgreementTests {
    @Test func coversWhatItNames() {
        #expect(Sample.agreement.refusal(of: Sample.request) == nil)
        for day in ["2026-01-01", "2026-12-31"] {
            var request = Sample.request
            request.day = CalendarDate(day)!
            #expect(Sample.agreement.refusal(of: request) == nil)
        }
    }

    @Test func coversNothingElse() {
        func refusal(_ change: (inout AgreementRequest) -> Void) -> AgreementRefusal? {
            var request = Sample.request
            change(&request)
            return Sample.agreement.refusal(of: request)
        }
        #expect(refusal { $0.consumerID = "police" } == .otherParties)
        #expect(refusal { $0.providerID = "police" } == .otherParties)
        #expect(refusal { $0.operation = "population.check" } == .otherOperation)
        #expect(refusal { $0.purpose = "curiosity" } == .otherPurpose)
        #expect(refusal { $0.basis = .consent("1") } == .otherBasis)
        #expect(refusal { $0.basis = .law("law-2") } == .otherBasis)
        #expect(refusal { $0.day = CalendarDate("2025-12-31")! } == .notYetValid)
        #expect(refusal { $0.day = CalendarDate("2027-01-01")! } == .expired)
        #expect(refusal { $0.assurance = Assurance(credential: 1, proof: 2) } == .assuranceTooLow)
        #expect(
            refusal {
                $0.actorKind = .anonymous; $0.assurance = .none
            } == .otherActor)
    }

    /// A law is named by its reference: that of the agreement, or of one of its fields.
    @Test func theLawIsTheAgreements() {
        var agreement = Sample.agreement
        agreement.fields[1] = AgreementField(
            pointer: agreement.fields[1].pointer, label: "children", need: LocalizedText([.en: "To count"]), law: "law-2")
        var request = Sample.request
        for (basis, refusal) in [
            (Basis.law("law-1"), nil), (.law("law-2"), nil), (.law("x"), AgreementRefusal.otherBasis), (.law(""), .otherBasis),
            (.request("draft-1"), nil),
        ] {
            request.basis = basis
            #expect(agreement.refusal(of: request) == refusal, "\(basis)")
        }
        // Whether the consent is there, the agreement cannot say (see ConsentTests).
        request.basis = .consent("1")
        #expect(agreement.refusal(of: request) == .otherBasis)
        agreement.bases = ["consent"]
        #expect(agreement.refusal(of: request) == nil)
    }

    /// The floor of assurance cannot be passed under by calling oneself something else.
    @Test func onlyWhoTheAgreementNamesMayAsk() {
        var request = Sample.request
        (request.assurance, request.office) = (.none, "municipality-haifa")
        #expect(Sample.agreement.refusal(of: request) == nil, "officers are not measured by their own proof")
        request.office = "police"
        #expect(Sample.agreement.refusal(of: request) == .otherActor, "an officer of another body")
        for kind in [Actor.Kind.system, .client, .anonymous] {
            (request.actorKind, request.office) = (kind, nil)
            #expect(Sample.agreement.refusal(of: request) == .otherActor)
        }
        var agreement = Sample.agreement
        agreement.actors = [.system]
        request.actorKind = .system
        #expect(agreement.refusal(of: request) == nil)
        #expect(agreement.refusal(of: Sample.request) == .otherActor)
    }

    /// Who signed that a look is hidden until a day would believe that it is: what is not said as it must be is refused whole.
    @Test func visibilityIsSaidWholeOrRefused() throws {
        let day = CalendarDate("2028-01-01")!
        for visibility in [LookVisibility.now, .countOnly, .delayed(days: 30), .hidden(law: "law-1", until: day)] {
            var agreement = Sample.agreement
            agreement.visibility = visibility
            try #expect(Agreement(json: agreement.json).visibility == visibility)
            #expect(LookVisibility(json: visibility.json) == visibility)
            // Agreements that were signed before have no other members.
            if visibility == .now { #expect(agreement.json["visibilityDays"] == nil && agreement.json["visibilityLaw"] == nil) }
        }
        let wrong: [[String: JSON]] = [
            ["visibility": "delayed"], ["visibility": "delayed", "visibilityDays": 0], ["visibility": "delayed", "visibilityDays": 366],
            ["visibility": "hidden"], ["visibility": "hidden", "visibilityLaw": "law-1"], ["visibility": "hidden", "visibilityUntil": "2028-01-01"],
            ["visibility": "hidden", "visibilityLaw": "law-1", "visibilityUntil": "2099-01-01"],
            ["visibility": "hidden", "visibilityLaw": "law-1", "visibilityUntil": "2020-01-01"], ["visibility": "never"],
            ["visibility": "now", "visibilityDays": 3], ["visibility": "count-only", "visibilityLaw": "law-1"],
        ]
        for members in wrong {
            var json = Sample.agreement.json
            for (name, value) in members { json[name] = value }
            #expect(throws: SpineError.malformedAgreement("sample: visibility"), "\(members)") { try Agreement(json: json) }
        }
    }

    @Test func onlyKnownAskersAreRead() {
        var json = Sample.agreement.json
        json["actors"] = ["person", "everybody"]
        #expect(throws: SpineError.malformedAgreement("sample: actors")) { try Agreement(json: json) }
        json = Sample.agreement.json
        json["fields"] = [["pointer": "", "label": "other", "need": ["en": "All"], "law": "law-1"]]
        #expect(throws: SpineError.malformedAgreement("sample: fields")) { try Agreement(json: json) }
    }

    @Test func isReadAsWritten() throws {
        let text = try CanonicalJSON.text(of: Sample.agreement.json)
        let again = try Agreement(json: try JSON.parse(text))
        #expect(again == Sample.agreement)
        #expect(try again.contentHash() == Sample.agreement.contentHash())
    }

    @Test func everyMemberIsNeededAndHashed() throws {
        let whole = Sample.agreement.json
        for member in whole.object?.keys.sorted() ?? [] {
            var less = whole
            less[member] = nil
            #expect(throws: SpineError.self, "without \(member)") { try Agreement(json: less) }
        }
        var longer = Sample.agreement
        longer.validUntil = longer.validUntil.adding(days: 1)
        #expect(try longer.contentHash() != Sample.agreement.contentHash())
    }

    @Test func signaturesHoldForOneContentAndOneParty() throws {
        let (mine, other) = (SigningKey.generate(), SigningKey.generate())
        let agreement = Sample.agreement
        let token = try AgreementSignature.sign(agreement, as: agreement.consumerID, by: mine)
        #expect(AgreementSignature.isValid(token, under: agreement, of: agreement.consumerID, by: mine.verifyingKey))
        #expect(!AgreementSignature.isValid(token, under: agreement, of: agreement.providerID, by: mine.verifyingKey))
        #expect(!AgreementSignature.isValid(token, under: agreement, of: agreement.consumerID, by: other.verifyingKey))
        var altered = agreement
        altered.fields.append(
            AgreementField(pointer: JSONPointer("/address")!, label: "address", need: LocalizedText([.en: "No"]), law: "law-1"))
        #expect(!AgreementSignature.isValid(token, under: altered, of: agreement.consumerID, by: mine.verifyingKey))
        let foreign = try JWS.sign(try CanonicalJSON.bytes(of: ["agreement": "sample"]), by: mine, type: "other")
        #expect(!AgreementSignature.isValid(foreign, under: agreement, of: agreement.consumerID, by: mine.verifyingKey))
    }

    @Test func theClosestRefusalIsTold() {
        var other = Sample.agreement
        other.purposes = ["something-else"]
        let table = AgreementTable([LiveAgreement(other), LiveAgreement(Sample.agreement)])
        var request = Sample.request
        #expect((try? table.find(request).get())?.agreement == Sample.agreement)
        request.day = CalendarDate("2030-01-01")!
        #expect(throws: AgreementRefusal.expired) { try table.find(request).get() }
        request.consumerID = "police"
        #expect(throws: AgreementRefusal.noAgreement) { try table.find(request).get() }
        #expect(throws: AgreementRefusal.notLive) { try table.find(id: "sample", version: 2, for: Sample.request).get() }
    }
}
