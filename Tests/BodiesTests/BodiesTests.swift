import Bodies
import Contracts
import Foundation
import Language
import TestKit
import Testing
import Values

private let dataFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Data").path

@Suite struct CountryTests {
    let bodies: Bodies
    init() throws { bodies = try Bodies.load(dataFolder: dataFolder) }

    @Test func theWholeCountryIsThere() {
        // The last line of the file has no line end: who counts line ends counts 1,227 behind the header.
        #expect(bodies.localities.count == 1_228 && Set(bodies.localities.map(\.code)).count == 1_228)
        #expect(bodies.bodies.count >= 80)
        #expect(Set(bodies.bodies.map(\.kind)) == Set(PublicBody.Kind.allCases))
        #expect(bodies.localities.map(\.population).reduce(0, +) > 9_000_000)
        for body in bodies.bodies {
            #expect(body.name.languages == Language.allCases && body.about.languages == Language.allCases, "\(body.id)")
        }
    }

    @Test func bodiesAndPlacesAreFound() throws {
        #expect(bodies.body("national-insurance")?.name[.he] == "המוסד לביטוח לאומי")
        #expect(bodies.body("nobody") == nil)
        let jerusalem = try #require(bodies.locality(3000))
        #expect(jerusalem.name[.he] == "ירושלים" && jerusalem.name[.en] == "Jerusalem" && jerusalem.district == "ירושלים")
        #expect(bodies.municipality(of: 4000)?.id == "municipality-haifa")
        #expect(bodies.municipality(of: 472) == nil, "Abu Ghosh does not work with us yet")
        #expect(bodies.municipality(of: -1) == nil)
    }

    /// Quotation marks inside quoted fields, and places whose population the bureau leaves out.
    @Test func hardRowsAreRead() throws {
        #expect(bodies.locality(1066)?.name[.he] == "בני עי\"ש")
        let none = try #require(bodies.locality(948))
        #expect(none.population == 0 && none.name[.he] == "חוג'ייראת (ד'הרה) (שבט)")
    }
}

@Suite struct RefusalTests {
    private func body(_ id: String, parent: String? = nil, locality: Int? = nil) -> PublicBody {
        let name = LocalizedText(Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, "\(id)") }))
        return PublicBody(
            id: id, kind: .authority, parentID: parent, number: nil, localityCode: locality, name: name, about: name, phone: nil, site: nil)
    }
    private let place = Locality(code: 7, name: LocalizedText([.he: "מקום"]), district: "", population: 1)

    @Test func partsThatDoNotFitAreNamed() throws {
        #expect(throws: BodiesError.invalid(["bodies.json: a belongs to b, which is not there"])) {
            try Bodies(bodies: [body("a", parent: "b")], localities: [])
        }
        #expect(throws: BodiesError.invalid(["bodies.json: a governs the locality 9, which is not there"])) {
            try Bodies(bodies: [body("a", locality: 9)], localities: [place])
        }
        #expect(throws: BodiesError.invalid(["bodies.json: b governs 7, which another does already"])) {
            try Bodies(bodies: [body("a", locality: 7), body("b", locality: 7)], localities: [place])
        }
        #expect(throws: BodiesError.invalid(["bodies.json: an id is there twice", "localities.csv: a code is there twice"])) {
            try Bodies(bodies: [body("a"), body("a")], localities: [place, place])
        }
    }

    @Test func brokenFilesAreRefused() async throws {
        let header = "id,name,name_en,district_name,population"
        let cases: [(json: String, csv: String, says: String)] = [
            ("[", "\(header)\n", "bodies.json: "), ("{}", "\(header)\n", "is not a list"), ("[{}]", "\(header)\n", "item 0 has no id"),
            ("[{\"id\":\"a\",\"kind\":\"club\"}]", "\(header)\n", "a: the kind is unknown"),
            ("[{\"id\":\"a\",\"kind\":\"court\",\"name\":{\"he\":\"א\"}}]", "\(header)\n", "not there in all languages"),
            ("[]", "id,name\n", "there is no column name_en"), ("[]", "\(header)\nx,a,b,c,1\n", "is no code"),
            ("[]", "\(header)\n1,a,b,c,many\n", "is no population"), ("[]", "\(header)\n1,a,b\n", "3 fields where the header has 5"),
            ("[]", "\(header)\n1,\"a,b,c,1\n", "a quotation mark is not closed"), ("[]", "", "there is no header"),
        ]
        try await TestDatabases.withFolder { folder in
            for item in cases {
                try item.json.write(toFile: "\(folder)/bodies.json", atomically: true, encoding: .utf8)
                try item.csv.write(toFile: "\(folder)/localities.csv", atomically: true, encoding: .utf8)
                let error = #expect(throws: BodiesError.self) { try Bodies.load(dataFolder: folder) }
                #expect(error?.description.contains(item.says) == true, "\(item.says): \(error?.description ?? "")")
            }
            #expect(throws: BodiesError.unreadable("\(folder)/none/localities.csv")) { try Bodies.load(dataFolder: "\(folder)/none") }
        }
    }
}

@Suite struct CSVTableTests {
    @Test func theExamplesOfTheStandard() throws {
        // RFC 4180 section 2, rules 1 to 7.
        let text = "\u{FEFF}aaa,bbb,ccc\r\n\"a\r\nb\",\"say \"\"hi\"\"\",\r\n\r\nx,,\"y,z\""
        let table = try CSVTable(Array(text.utf8))
        #expect(table.header == ["aaa", "bbb", "ccc"])
        #expect(table.rows == [["a\r\nb", "say \"hi\"", ""], ["x", "", "y,z"]])
    }

    @Test func whatIsWrittenIsReadBack() throws {
        var state: UInt64 = 7
        func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let signs = ["a", "ש", ",", "\"", "\n", "\r\n", " ", ""]
        for _ in 0..<300 {
            let width = 1 + next(4)
            let rows = (0..<1 + next(5)).map { _ in (0..<width).map { _ in (0..<next(6)).map { _ in signs[next(signs.count)] }.joined() } }
            func quoted(_ field: String) -> String {
                "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            }
            let text = rows.map { $0.map(quoted).joined(separator: ",") }.joined(separator: "\r\n")
            // A line of one empty field is an empty line, which is no row.
            #expect(try CSVTable.records(Array(text.utf8)) == rows.filter { $0 != [""] })
        }
    }

    @Test func brokenTextIsRefused() {
        #expect(throws: CSVError(line: 1, reason: "not UTF-8")) { try CSVTable([0x61, 0xFF]) }
        #expect(throws: CSVError(line: 2, reason: "text behind a quoted field")) { try CSVTable(Array("a\n\"b\"c".utf8)) }
    }
}
