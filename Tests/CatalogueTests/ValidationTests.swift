@testable import Catalogue
import Contracts
import Foundation
import Language
import TestKit
import Testing
import Values

@Suite struct ValidationTests {
    /// Reads a folder in which one file of the content was changed.
    private func faults(_ file: String, _ change: (inout JSON) -> Void) async throws -> [String] {
        let source = URL(fileURLWithPath: "\(DemoCountry.dataFolder)/\(file)")
        var document = try JSON.parse(Array(try Data(contentsOf: source)))
        change(&document)
        let text = document.text
        return try await TestDatabases.withFolder { folder in
            try FileManager.default.copyItem(atPath: DemoCountry.dataFolder, toPath: "\(folder)/Data")
            try text.write(toFile: "\(folder)/Data/\(file)", atomically: true, encoding: .utf8)
            let error = #expect(throws: CatalogueError.self) {
                try CatalogueContent.read(dataFolder: "\(folder)/Data", bodies: try BodyList.demo())
            }
            guard case .invalid(let faults) = error else { return [] }
            return faults.map(\.description)
        }
    }

    @Test func shapesAreCheckedWithTheirPlace() async throws {
        let file = "services/dog-licence.json"
        #expect(try await faults(file) { $0["summary"] = nil } == ["\(file) /summary required (property summary)"])
        #expect(try await faults(file) { $0["rank"] = "first" }.first?.hasPrefix("\(file) /rank type") == true)
        #expect(try await faults(file) { $0["colour"] = "red" } == ["\(file) /colour additionalProperties (property colour)"])
        #expect(try await faults(file) { $0["name"] = ["he": "רק עברית"] } == ["\(file) /name/en required (property en)"])
        #expect(try await faults(file) { $0["name"]?["de"] = "Hund" } == ["\(file) /name/de additionalProperties (property de)"])
        #expect(try await faults(file) { $0["cost"]?["amountMinor"] = -1 }.first?.hasPrefix("\(file) /cost/amountMinor minimum") == true)
        #expect(try await faults(file) { $0["id"] = "cat-licence" }.contains("\(file) /id is not the file's name"))
        #expect(try await faults(file) { $0["link"] = "javascript:alert(1)" }.first?.hasPrefix("\(file) /link pattern") == true)
    }

    @Test func partsMustFitTogether() async throws {
        let file = "services/dog-licence.json"
        #expect(try await faults(file) { $0["bodies"] = ["nobody"] } == ["\(file) /bodies there is no body nobody"])
        #expect(try await faults(file) { $0["lifeEvents"] = ["party"] } == ["\(file) /lifeEvents there is no life event party"])
        #expect(try await faults(file) { $0["needs"] = ["human_services:fun"] } == ["\(file) /needs there is no need human_services:fun"])
        #expect(try await faults(file) { $0["situations"] = ["x"] } == ["\(file) /situations there is no situation x"])
        #expect(try await faults(file) { $0["form"] = "business-licence" } == ["catalogue the form business-licence is there twice"])
        #expect(try await faults(file) { $0["link"] = .null } == [
            "\(file) /link is done online, and neither a form nor a link says where"
        ])
        let ranked = try await faults(file) { $0["rank"] = 1 }
        #expect(ranked.contains("catalogue the rank 1 is there twice"))
        #expect(ranked.contains("\(file) /name a service with a rank is in all languages; missing: ar, ru, fr"))
        #expect(try await faults("life-events.json") { events in
            var all = events.array ?? []
            all[0]["steps"] = ["nothing"]
            events = .array(all)
        } == ["life-events.json /birth/steps there is no service nothing"])
    }

    @Test func termsInUseAreInAllLanguages() async throws {
        let file = "taxonomy-translations.json"
        #expect(try await faults(file) { $0["human_services:money"] = nil } == [
            "\(file) /human_services:money a term that services hang on is in all languages"
        ])
        #expect(try await faults(file) { $0["human_services:fun"] = ["fr": "x"] } == ["\(file) /human_services:fun there is no such term"])
        let foreign = try await faults(file) { $0["human_services:money"] = ["de": "Geld"] }
        #expect(foreign.first?.hasPrefix("\(file) 'de' is not one of") == true)
    }

    @Test func brokenFilesAreNamed() async throws {
        try await TestDatabases.withFolder { folder in
            let error = #expect(throws: CatalogueError.self) { try CatalogueContent.read(dataFolder: folder, bodies: BodyList([])) }
            #expect(error?.description.contains("services there is no such folder") == true)
            #expect(error?.description.contains("situations.csv cannot be read") == true)
        }
        #expect(throws: CSVError(line: 2, reason: "a:b stands before its parent")) {
            try Taxonomy(csv: Array("slug,level0:name_en,level0:name_he\na:b,A,א,B,ב\n".utf8))
        }
        #expect(throws: CSVError(line: 2, reason: "a has no names")) {
            try Taxonomy(csv: Array("slug,level0:name_en,level0:name_he\na,A\n".utf8))
        }
    }

    @Test func theTaxonomyIsATree() throws {
        let needs = try DemoCountry.content().needs
        #expect(needs.terms.count == 190 && needs.root?.slug == "human_services")
        #expect(needs.path(to: "human_services:money:financial_assistance").map(\.slug) == ["human_services", "human_services:money"])
        for term in needs.terms where term.parent != nil { #expect(needs.children(of: term.parent ?? "").contains(term)) }
        #expect(needs.term("human_services:money")?.name[.en] == "Money")
    }
}
