/// The localities where people can live, drawn by their population.
struct LocalityList: Sendable {
    struct Place: Sendable {
        let code: Int
        let name: Name
        let population: Int
        /// The part of its people that is Arab, from 0 to 1.
        let arabPart: Double
    }

    let places: [Place]
    private let indexByCode: [Int: Int]
    private let arabic: WeightedIndex
    private let others: WeightedIndex

    /// Towns that are mixed, by Central Bureau of Statistics code; rounded from the bureau's yearly tables.
    private static let mixedTowns: [Int: Double] = [
        3000: 0.38, 4000: 0.12, 5000: 0.045, 7000: 0.31, 7600: 0.33, 8500: 0.24, 1061: 0.30, 1063: 0.20, 1139: 0.03, 9000: 0.02,
    ]

    init(csv: [UInt8]) throws(RegistersError) {
        let rows = CSV.rows(csv)
        guard let header = rows.first, let code = header.firstIndex(of: "id"), let hebrew = header.firstIndex(of: "name"),
            let latin = header.firstIndex(of: "name_en"), let population = header.firstIndex(of: "population"),
            let form = header.firstIndex(of: "type_of_locality_form")
        else { throw .data("localities.csv", "the header lacks a column") }
        places = rows.dropFirst().compactMap { row in
            guard row.count == header.count, let code = Int(row[code]), let people = Int(row[population]), people > 0 else { return nil }
            let isArab = row[form].contains("לא יהודיים") || row[form].contains("לא-יהודיים")
            return Place(
                code: code, name: Name(hebrew: row[hebrew], latin: row[latin]), population: people,
                arabPart: isArab ? 1 : LocalityList.mixedTowns[code] ?? 0)
        }
        guard !places.isEmpty else { throw .data("localities.csv", "no locality with a population") }
        indexByCode = Dictionary(places.enumerated().map { ($1.code, $0) }, uniquingKeysWith: { first, _ in first })
        arabic = WeightedIndex(places.map { Double($0.population) * $0.arabPart })
        others = WeightedIndex(places.map { Double($0.population) * (1 - $0.arabPart) })
    }

    func place(_ code: Int) -> Place? { indexByCode[code].map { places[$0] } }

    func draw(_ community: Community, _ random: inout SeededRandom) -> Place {
        places[(community == .arabic ? arabic : others).draw(&random)]
    }
}

/// Comma-separated values (RFC 4180), also with a byte order mark.
enum CSV {
    static func rows(_ bytes: [UInt8]) -> [[String]] {
        var (rows, row, field, isQuoted) = ([[String]](), [String](), [UInt8](), false)
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func text() -> String { String(decoding: field, as: UTF8.self) }
        while position < bytes.count {
            let byte = bytes[position]
            let next = position + 1 < bytes.count ? bytes[position + 1] : 0
            switch (byte, isQuoted) {
            case (UInt8(ascii: "\""), true) where next == UInt8(ascii: "\""): field.append(byte); position += 1
            case (UInt8(ascii: "\""), _): isQuoted.toggle()
            case (UInt8(ascii: ","), false): row.append(text()); field = []
            case (UInt8(ascii: "\n"), false): row.append(text()); rows.append(row); (row, field) = ([], [])
            case (UInt8(ascii: "\r"), false): break
            default: field.append(byte)
            }
            position += 1
        }
        if !row.isEmpty || !field.isEmpty { row.append(text()); rows.append(row) }
        return rows
    }
}
