import Catalogue
import Language
import Synchronization

/// What a template reads. Values are texts, lists of rows, and rows.
typealias PageData = [String: any Sendable]
/// A row of a list in a page: texts only, which the engine renders fastest. A key that does not apply is left out.
typealias PageRow = [String: String]

/// The data of pages of one content version, each made when it is first asked for and then kept.
final class Shelf: Sendable {
    let inventory: Inventory
    private let pages = Mutex<[String: PageData]>([:])

    /// Beyond it everything goes: what is in demand is back after one making each.
    private static let pagesMax = 2_000

    init(inventory: Inventory) { self.inventory = inventory }

    func data(_ name: String, _ language: Language, _ make: () throws -> PageData) rethrows -> PageData {
        let key = "\(language.rawValue) \(name)"
        if let kept = pages.withLock({ $0[key] }) { return kept }
        let made = try make()
        pages.withLock { pages in
            if pages.count >= Shelf.pagesMax { pages.removeAll() }
            pages[key] = made
        }
        return made
    }
}
