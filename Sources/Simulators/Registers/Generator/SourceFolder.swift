import Foundation
import Trust
import Values

/// Everything the demo country is made from, read from the data folder.
struct SourceFolder: Sendable {
    /// In the order of `Community`.
    let names: [NameLists]
    let streets: [Name]
    let studies: StudyLists
    let businesses: BusinessLists
    let localities: LocalityList
    let personas: [Persona]
    let foreigners: ForeignerLists

    /// `folder` holds `localities.csv` and `registers/`.
    init(_ folder: String) throws(RegistersError) {
        let namesFile = "registers/names.json"
        let communities = try SourceFolder.json(folder, namesFile)["communities"]
        var names: [NameLists] = []
        for community in Community.allCases { names.append(try NameLists(communities?["\(community)"] ?? .null, namesFile)) }
        self.names = names
        streets = (try SourceFolder.json(folder, "registers/streets.json")["streets"]?.array ?? []).compactMap { item in
            guard let hebrew = item["he"]?.string, let latin = item["latin"]?.string else { return nil }
            return Name(hebrew: hebrew, latin: latin)
        }
        guard !streets.isEmpty else { throw .data("registers/streets.json", "no streets") }
        studies = try StudyLists(try SourceFolder.json(folder, "registers/studies.json"), "registers/studies.json")
        businesses = try BusinessLists(try SourceFolder.json(folder, "registers/businesses.json"), "registers/businesses.json")
        localities = try LocalityList(csv: try SourceFolder.bytes(folder, "localities.csv"))
        foreigners = try ForeignerLists(try SourceFolder.json(folder, "registers/foreigners.json"), "registers/foreigners.json")
        personas = try Persona.list(try SourceFolder.json(folder, "registers/personas.json"))
    }

    /// Another text whenever one of the files has changed.
    static func fingerprint(_ folder: String) throws(RegistersError) -> String {
        var all = FingerprintAccumulator()
        for name in ["localities.csv"] + ["names", "streets", "studies", "businesses", "personas", "foreigners"].map({ "registers/\($0).json" }) {
            all.append(Array("\(name)\n".utf8))
            all.append(try bytes(folder, name))
        }
        return Hex.encode(all.bytes.prefix(8))
    }

    private static func bytes(_ folder: String, _ name: String) throws(RegistersError) -> [UInt8] {
        guard let content = FileManager.default.contents(atPath: "\(folder)/\(name)") else { throw .data(name, "cannot be read") }
        return Array(content)
    }

    private static func json(_ folder: String, _ name: String) throws(RegistersError) -> JSON {
        do { return try JSON.parse(try bytes(folder, name)) } catch let error as JSONSyntaxError {
            throw .data(name, error.description)
        } catch {
            throw .data(name, "\(error)")
        }
    }
}
