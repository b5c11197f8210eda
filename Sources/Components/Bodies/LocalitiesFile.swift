import Contracts
import Language
import Values

/// `localities.csv` of the Central Bureau of Statistics. Names are there in Hebrew and in Latin letters; other languages read one of them.
enum LocalitiesFile {
    static func read(_ bytes: [UInt8]) throws(BodiesError) -> [Locality] {
        do {
            let table = try CSVTable(bytes)
            let columns = (
                code: try table.column("id"), name: try table.column("name"), latin: try table.column("name_en"),
                district: try table.column("district_name"), population: try table.column("population"))
            return try table.rows.map { row throws(CSVError) in
                guard let code = Int(row[columns.code]) else {
                    throw CSVError(line: 1, reason: "'\(row[columns.code])' is no code of a locality")
                }
                let people = row[columns.population]
                // The bureau leaves the population of places out where it counts people elsewhere.
                guard let population = people.isEmpty ? 0 : Int(people) else {
                    throw CSVError(line: 1, reason: "'\(people)' is no population, at the locality \(code)")
                }
                return Locality(
                    code: code, name: LocalizedText([.he: row[columns.name], .en: row[columns.latin]]), district: row[columns.district],
                    population: population)
            }
        } catch {
            throw .invalid(["localities.csv: \(error)"])
        }
    }
}
