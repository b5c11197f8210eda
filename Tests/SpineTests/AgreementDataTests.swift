import Contracts
import Foundation
import Language
@testable import Spine
import Testing
import Values
import Web

enum Project {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    static func json(_ path: String) throws -> JSON { try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))) }

    static let haifa = PublicBody(
        id: "municipality-haifa", kind: .municipality, parentID: nil, number: nil, localityCode: 4000,
        name: LocalizedText([.he: "עיריית חיפה"]),
        about: LocalizedText([:]), phone: nil, site: nil)
}

/// The agreements of the demo country are whole: real bodies, real operations, words for the person.
@Suite struct AgreementDataTests {
    @Test func agreementsNameWhatExists() throws {
        let document = try Project.json("Data/agreements.json")
        let services = try RegisterDirectory(json: document)
        let bodies = Set(try Project.json("Data/bodies.json").array?.compactMap { $0["id"]?.string } ?? [])
        let agreements = try AgreementFile(json: document, bodies: [Project.haifa]).agreements
        #expect(agreements.count == 13)
        #expect(Set(agreements.map(\.id)).count == agreements.count)
        for agreement in agreements {
            #expect(bodies.contains(agreement.consumerID) && bodies.contains(agreement.providerID))
            for operation in agreement.operations { #expect(services.operation(operation)?.ownerID == agreement.providerID) }
            #expect(agreement.validFrom < agreement.validUntil)
        }
        #expect(agreements.filter { $0.consumerID == "municipality-haifa" }.count == 6)
    }

    @Test func thePersonCanReadWhatIsSeenAndWhy() throws {
        let texts = try Project.json("Sources/Components/Audit/Strings/he.json")
        for agreement in try AgreementFile(json: try Project.json("Data/agreements.json"), bodies: [Project.haifa]).agreements {
            for field in agreement.fields {
                #expect(texts["field.\(field.label)"] != nil, "field.\(field.label)")
                #expect(texts["law.\(field.law)"] != nil, "law.\(field.law)")
                #expect(field.need[.he] != nil && field.need[.en] != nil)
            }
            for operation in agreement.operations { #expect(texts["what.register.\(operation)"] != nil, "\(operation)") }
        }
    }

    /// The body “municipality” stands for all of them and governs no place: it signs nothing.
    @Test func everyMunicipalityIsOneThatGovernsAPlace() throws {
        let umbrella = PublicBody(
            id: "municipality", kind: .municipality, parentID: nil, number: nil, localityCode: nil, name: LocalizedText([.he: "רשות"]),
            about: LocalizedText([:]), phone: nil, site: nil)
        let agreements = try AgreementFile(json: try Project.json("Data/agreements.json"), bodies: [umbrella, Project.haifa]).agreements
        #expect(agreements.contains { $0.consumerID == "municipality-haifa" } && !agreements.contains { $0.consumerID == "municipality" })
    }

    @Test func nobodyGetsOthersNumbersAndConsentStandsAlone() throws {
        for agreement in try AgreementFile(json: try Project.json("Data/agreements.json"), bodies: [Project.haifa]).agreements {
            #expect(!agreement.fields.contains { $0.pointer.description.hasPrefix("/signatories") })
            // Where a law or a request is enough, nobody is asked to agree for show.
            #expect(!agreement.bases.contains("consent") || agreement.bases == ["consent"])
            // Whether a guardianship still holds is asked by the platform too, when no parent is there.
            let known: [String: [AskerKind]] = ["identity-proofing": [.system], "guardianship": [.person, .system], "municipal-student-grant": [.officer]]
            // A register tells the body's own program.
            let isEvent = agreement.operations == ["population.addressChanged"]
            let actors = isEvent ? [.system] : known[agreement.purposes[0]] ?? [.person]
            #expect(agreement.actors == actors)
        }
    }

    /// Identity is proved against two registers of different owners.
    @Test func identityRestsOnTwoOwners() throws {
        let agreements = try AgreementFile(json: try Project.json("Data/agreements.json"), bodies: []).agreements
        let proving = agreements.filter { $0.purposes.contains("identity-proofing") }
        #expect(Set(proving.map(\.providerID)) == ["population-authority", "national-insurance"])
    }
}
