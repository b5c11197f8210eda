import Foundation
package import Values
package import Web

/// Where each module's rooms lie. The one list of modules that have texts, pages or tables, in the order their migrations run.
package struct Resources: Sendable {
    package let root: String

    package init(root: String) { self.root = root }

    private static let places: [(module: String, folder: String)] = [
        ("web", "Core/Web"), ("jobs", "Core/Jobs"), ("audit", "Components/Audit"), ("bodies", "Components/Bodies"),
        ("catalogue", "Components/Catalogue"), ("identity", "Components/Identity"), ("spine", "Components/Spine"),
        ("askOnce", "Components/AskOnce"), ("forms", "Components/Forms"), ("payments", "Components/Payments"),
        ("messages", "Components/Messages"), ("openID", "Components/OpenID"),
        ("officers", "Components/Officers"),
        ("mandates", "Components/Mandates"), ("transfers", "Components/Transfers"),
        ("consents", "Components/Consents"), ("corrections", "Components/Corrections"), ("meters", "Components/Meters"),
        ("documents", "Components/Documents"), ("delivery", "Journeys/Delivery"),
        ("portal", "Journeys/Portal"), ("personalZone", "Journeys/PersonalZone"),
    ]

    /// Folders with texts or pages.
    package var pages: [ResourceFolder] { folders { exists("\($0)/Strings") } }
    /// Folders with tables.
    package var schemas: [(module: String, folder: String)] {
        folders { exists("\($0)/Schema") }.map { (module: $0.module, folder: "\($0.path)/Schema") }
    }

    func folder(_ module: String, _ path: String) -> ResourceFolder { ResourceFolder(module: module, path: "\(root)/\(path)") }

    private func folders(_ isWanted: (String) -> Bool) -> [ResourceFolder] {
        Resources.places.map { folder($0.module, $0.folder) }.filter { isWanted($0.path) }
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    package static func json(_ path: String) throws -> JSON {
        guard let bytes = FileManager.default.contents(atPath: path) else { throw ResourceError.missing(path) }
        do { return try JSON.parse(bytes) } catch let error as JSONSyntaxError { throw ResourceError.unreadable(path, error.description) }
    }
}

enum ResourceError: Error, CustomStringConvertible {
    case missing(String)
    case unreadable(String, String)
    var description: String {
        switch self {
        case .missing(let path): "\(path) is missing. Run zamin from its folder, or set ZAMIN_ROOT."
        case .unreadable(let path, let reason): "\(path): \(reason)"
        }
    }
}
