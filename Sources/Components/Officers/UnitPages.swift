import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The parts of a body.
extension Officers {
    static let unitPath = "\(path)/units"

    var unitRoutes: [Route] {
        [
            .page(.get, Officers.unitPath, for: .officer(role: nil), "officers.units", "Units of a body", showUnits),
            .page(.post, Officers.unitPath, for: .officer(role: nil), "officers.addUnit", "Add a unit", addUnit),
            .page(.post, "\(Officers.unitPath)/{unit}/close", for: .officer(role: nil), "officers.closeUnit", "Close a unit", closeUnit),
        ]
    }

    private func showUnits(_ call: Call) async throws -> Reply { try await unitPage(try managedBody(call, call.query["body"]), typed: "", fault: nil, call) }

    private func unitPage(_ body: String, typed: String, fault: String?, _ call: Call) async throws -> Reply {
        let store = store
        let units = try await database.read { try store.units(of: body, in: $0) }
        var data: [String: Any] = [
            "body": bodyName(body, in: call.language), "bodyID": body, "units": tree(units, under: nil, depth: 0, call), "hasUnits": !units.isEmpty,
            "name": typed,
        ]
        if let fault {
            data["nameError"] = fault
            data["errors"] = [["href": "#name", "text": fault]]
        }
        let heading = Site.Heading(text("units.title", call), back: call.page(Officers.path) + query(body, call), isError: fault != nil)
        return try site.page("officers/units", heading, data, for: call, status: fault == nil ? 200 : 422)
    }

    /// Depth first, so that each stands under its parent. A unit whose parent was closed stands at the top.
    private func tree(_ units: [Unit], under parent: String?, depth: Int, _ call: Call) -> [[String: Any]] {
        let ids = Set(units.map(\.id))
        let level = units.filter { unit in parent == nil ? unit.parentID.map { !ids.contains($0) } ?? true : unit.parentID == parent }
        return level.flatMap { unit -> [[String: Any]] in
            let row: [String: Any] = [
                "id": unit.id, "name": unit.name.text(in: call.language), "indent": String(repeating: "– ", count: depth),
                "closeHref": call.page("\(Officers.unitPath)/\(unit.id)/close"),
            ]
            return [row] + (depth < 8 ? tree(units, under: unit.id, depth: depth + 1, call) : [])
        }
    }

    private func addUnit(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let body = try managedBody(call, fields["body"])
        let (name, english) = (fields.trimmed("name") ?? "", fields.trimmed("english") ?? "")
        guard (1...120).contains(name.count), english.count <= 120 else {
            return try await unitPage(body, typed: String(name.prefix(120)), fault: text("units.name-missing", call), call)
        }
        let (store, id) = (store, UUIDv7.next(at: clock.now()))
        try await database.write { connection in
            let parent = try store.units(of: body, in: connection).first { $0.id == fields["parent"] }?.id
            try store.insert(
                Unit(bodyID: body, id: id, parentID: parent, name: LocalizedText([.he: name, .en: english])), in: connection)
        }
        return .seeOther(call.page(Officers.unitPath) + query(body, call))
    }

    private func closeUnit(_ call: Call) async throws -> Reply {
        let body = try managedBody(call, try call.form()["body"])
        let (store, time, id) = (store, clock.now(), try call.id("unit"))
        guard try await database.write({ try store.close(unit: id, of: body, at: time, in: $0) }) else { throw Problem.notFound }
        return .seeOther(call.page(Officers.unitPath) + query(body, call))
    }
}
