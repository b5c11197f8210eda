import Contracts
@testable import Spine
import TestKit
import Testing
import Trust
import Values
import Web

/// A question that rests on consent passes only while the person's own consent to this very question stands, on both sides.
@Suite struct ConsentTests {
    private static let agreement = "municipal-discount-person.municipality-haifa"
    private static let number = "600000012"

    /// The demo country, in which the municipal discount may rest on consent, too.
    private static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (Chain) async throws -> Void) async throws {
        try await Chain.with(engine, document: allowingConsent, body)
    }

    @Sendable private static func allowingConsent(_ document: JSON) -> JSON {
        var document = document
        let agreements = (document["agreements"]?.array ?? []).map { agreement in
            var agreement = agreement
            if agreement["id"]?.string == "municipal-discount-person" { agreement["bases"] = ["law", "consent"] }
            return agreement
        }
        document["agreements"] = .array(agreements)
        return document
    }

    private static func consent(
        _ chain: Chain, id: String = "consent-1", number: String = number, subject: String = "subject-1", consumer: String = "municipality-haifa",
        agreement: String = agreement, purpose: String = "municipal-tax-discount", operations: [String] = ["population.person"],
        fields: [String]? = nil, days: Int64 = 30, revoked: Bool = false
    ) async throws -> ConsentGrant {
        let now = chain.clock.source.now()
        let live = try await chain.spine.agreements().first { $0.agreement.id == Self.agreement }
        return ConsentGrant(
            id: id, subjectID: subject, personMark: ConsentGrant.mark(of: number, id: id), consumerID: consumer, agreementID: agreement,
            purpose: purpose, operations: operations, fields: fields ?? live?.agreement.fields.map(\.pointer.description) ?? [], givenAt: now,
            validUntil: now.adding(days: days), revokedAt: revoked ? now : nil)
    }

    private static func ask(_ chain: Chain, number: String = number, subject: String? = "subject-1") async -> Result<ExchangeAnswer, any Error> {
        await Result.make { try await chain.consumer.ask(chain.question(number: number, subject: subject, basis: .consent("consent-1"))) }
    }

    private static func reason(_ refusal: AgreementRefusal) -> ExchangeError {
        .notCovered("municipality-haifa population.person: \(refusal.rawValue)")
    }

    @Test(arguments: TestDatabases.engines)
    func passesWhileItStands(engine: TestEngine) async throws {
        try await Self.with(engine) { chain in
            let consent = try await Self.consent(chain)
            chain.consents.put(consent)
            chain.providerConsents.put(consent)
            try await #expect(Self.ask(chain).get().value?["givenName"] == "נועה")
            #expect(chain.audit.entries.first?.basis == .consent("consent-1"))
            // Taken back: the very next message is refused, on either side alone.
            let revoked = try await Self.consent(chain, revoked: true)
            chain.providerConsents.put(revoked)
            let atProvider = await Self.ask(chain)
            #expect(throws: ExchangeError.notCovered("population.person: consent-revoked")) { try atProvider.get() }
            chain.consents.put(revoked)
            let atConsumer = await Self.ask(chain)
            #expect(throws: Self.reason(.consentRevoked)) { try atConsumer.get() }
            try await #expect(chain.rows().map(\.decision) == ["permit", "permit", "permit", "consent-revoked", "consent-revoked"])
        }
    }

    @Test func nobodyGaveIt() async throws {
        try await Self.with { chain in
            let answer = await Self.ask(chain)
            #expect(throws: Self.reason(.noConsent)) { try answer.get() }
            // The provider does not believe the other gateway that there is one.
            try await chain.consents.put(Self.consent(chain))
            let second = await Self.ask(chain)
            #expect(throws: ExchangeError.notCovered("population.person: no-consent")) { try second.get() }
            #expect(chain.audit.entries.isEmpty)
        }
    }

    @Test func isForOnePersonAndOneQuestion() async throws {
        try await Self.with { chain in
            let others = [
                try await Self.consent(chain, number: "600000020"), try await Self.consent(chain, subject: "subject-2"),
                try await Self.consent(chain, consumer: "municipality-tel-aviv-yafo"), try await Self.consent(chain, agreement: "another"),
                try await Self.consent(chain, purpose: "another"), try await Self.consent(chain, operations: ["population.check"]),
                try await Self.consent(chain, fields: ["/givenName"]),
            ]
            for other in others {
                chain.consents.put(other)
                let answer = await Self.ask(chain)
                #expect(throws: Self.reason(.otherConsent)) { try answer.get() }
            }
            try await chain.consents.put(Self.consent(chain, days: 0))
            let over = await Self.ask(chain)
            #expect(throws: Self.reason(.consentOver)) { try over.get() }
            // Who does not say about whom she asks would leave no line in the person's list.
            try await chain.consents.put(Self.consent(chain))
            let nameless = await Self.ask(chain, subject: nil)
            #expect(throws: Self.reason(.otherConsent)) { try nameless.get() }
            try await #expect(chain.rows().allSatisfy { $0.face == "consumer" && $0.outcome == "refused" })
        }
    }

    @Test func aProviderHoldsItAgainstThePersonInTheMessage() async throws {
        try await Self.with { chain in
            try await chain.consents.put(Self.consent(chain, number: "600000020"))
            try await chain.providerConsents.put(Self.consent(chain))
            let answer = await Self.ask(chain, number: "600000020")
            #expect(throws: ExchangeError.notCovered("population.person: other-consent")) { try answer.get() }
        }
    }

    @Test func whatCannotBeReadIsNotAssumed() async throws {
        try await Self.with { chain in
            try await chain.consents.put(Self.consent(chain))
            chain.providerConsents.failFromNowOn()
            let atProvider = await Self.ask(chain)
            #expect(throws: ExchangeError.unavailable("the records of consent cannot be read")) { try atProvider.get() }
            chain.consents.failFromNowOn()
            let atConsumer = await Self.ask(chain)
            #expect(throws: ExchangeError.unavailable("the records of consent cannot be read")) { try atConsumer.get() }
            // What rests on law goes on.
            try await #expect(chain.consumer.ask(chain.question()).value?["givenName"] == "נועה")
        }
    }

    @Test func anAgreementThatDoesNotAllowItIsNotHelpedByAConsent() async throws {
        try await Chain.with { chain in
            try await chain.consents.put(Self.consent(chain))
            let answer = await Self.ask(chain)
            #expect(throws: Self.reason(.otherBasis)) { try answer.get() }
        }
    }

    /// By property: of one that covers the question, each change of one thing covers it no more; fewer fields in the agreement do.
    @Test func everyMemberCounts() async throws {
        try await Self.with { chain in
            let live = try #require(try await chain.spine.agreements().first { $0.agreement.id == Self.agreement }).agreement
            let request = AgreementRequest(
                consumerID: "municipality-haifa", providerID: "population-authority", operation: "population.person", purpose: "municipal-tax-discount",
                basis: .consent("consent-1"), actorKind: .person, office: nil, assurance: .substantial, day: live.validFrom)
            let consent = try await Self.consent(chain)
            let time = chain.clock.source.now()
            #expect(consent.refusal(of: request, under: live, at: time) == nil)
            for count in 1...live.fields.count {
                var narrower = live
                narrower.fields = Array(live.fields.prefix(count))
                #expect(consent.refusal(of: request, under: narrower, at: time) == nil)
                let partly = try await Self.consent(chain, fields: narrower.fields.map(\.pointer.description))
                let isWhole = Set(narrower.fields.map(\.pointer)) == Set(live.fields.map(\.pointer))
                #expect((partly.refusal(of: request, under: live, at: time) == nil) == isWhole)
            }
            #expect(consent.refusal(of: request, under: live, at: consent.validUntil) == .consentOver)
            #expect(consent.refusal(of: request, under: live, at: consent.validUntil.adding(seconds: -1)) == nil)
        }
    }
}
