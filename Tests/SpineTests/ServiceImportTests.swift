@testable import Spine
import Contracts
import Database
import Language
import TestKit
import Testing
import Values

/// Registers described by OpenAPI.
@Suite struct ServiceImportTests {
    private static func document(_ schema: JSON, version: String = "3.1.0", id: String = "cars.car", components: JSON = [:]) -> JSON {
        [
            "openapi": .string(version), "info": ["title": "Cars", "version": "1"], "components": components,
            "paths": [
                "/cars": ["post": [
                    "operationId": .string(id), "summary": "A car",
                    "responses": ["200": ["description": "ok", "content": ["application/json": ["schema": schema]]], "default": ["description": "no"]],
                ]]
            ],
        ]
    }

    private static let car: JSON = [
        "type": "object",
        "properties": [
            "plate": ["type": "string", "description": "As on the car"], "year": ["type": "integer"],
            "owner": ["$ref": "#/components/schemas/Owner"], "tests": ["type": "array", "items": ["type": "object", "properties": ["passed": ["type": "boolean"]]]],
            "colours": ["type": "array", "items": ["type": "string"]],
        ],
    ]
    private static let components: JSON = [
        "schemas": [
            "Owner": [
                "allOf": [
                    ["type": "object", "properties": ["name": ["type": ["string", "null"]]]],
                    ["type": "object", "properties": ["spouse": ["$ref": "#/components/schemas/Owner"], "since": ["type": "string", "format": "date"]]],
                ]
            ]
        ]
    ]

    @Test(arguments: ["3.0.3", "3.1.0"])
    func everyLeafIsFound(version: String) throws {
        let operations = try OpenAPIReader(Self.document(Self.car, version: version, components: Self.components)).operations()
        #expect(operations.map(\.id) == ["cars.car"] && operations[0].path == "/cars")
        let fields = operations[0].fields.map { "\($0.pointer) \($0.type)" }
        #expect(fields == ["/colours string", "/owner/name string", "/owner/since string", "/plate string", "/tests/*/passed boolean", "/year integer"])
        #expect(operations[0].fields.first { $0.pointer == "/plate" }?.description == "As on the car")
    }

    /// What a register tells of its own accord is agreed on value by value, too; the envelope of the event is not.
    @Test func webhooksAreOperationsWithoutAPath() throws {
        func document(_ type: String) -> JSON {
            let event: JSON = ["type": "object", "properties": ["id": ["type": "string"], "data": ["$ref": "#/components/schemas/Sale"]]]
            return [
                "openapi": "3.1.0", "info": ["title": "Cars", "version": "1"],
                "components": [
                    "schemas": ["Sale": ["type": "object", "properties": ["plate": ["type": "string"], "price": ["type": .string(type)]]]],
                    "pathItems": [
                        "sold": ["post": [
                            "operationId": "cars.sold", "summary": "A car was sold",
                            "requestBody": ["content": ["application/cloudevents+json": ["schema": event]]], "responses": ["204": ["description": "ok"]],
                        ]]
                    ],
                ],
                "webhooks": ["sold": ["$ref": "#/components/pathItems/sold"]],
            ]
        }
        let operations = try OpenAPIReader(document("integer")).operations()
        #expect(operations.map(\.id) == ["cars.sold"] && operations[0].path == nil && operations[0].name[.en] == "A car was sold")
        #expect(operations[0].fields.map { "\($0.pointer) \($0.type)" } == ["/plate string", "/price integer"])
        let changes = ServiceChange.changes(from: operations, to: try OpenAPIReader(document("string")).operations())
        #expect(changes == [.typeChanged(operation: "cars.sold", pointer: "/price", from: "integer", to: "string")])
    }

    @Test func whatIsNoDescriptionIsRefused() {
        #expect(throws: ServiceImportError.version("2.0")) { try OpenAPIReader(["swagger": "2.0"]) }
        #expect(throws: ServiceImportError.version("")) { try OpenAPIReader([:]) }
        #expect(throws: ServiceImportError.malformed("paths")) { try OpenAPIReader(["openapi": "3.1.0"]).operations() }
        #expect(throws: ServiceImportError.nothingToAnswer) { try OpenAPIReader(["openapi": "3.1.0", "paths": [:]]).operations() }
        #expect(throws: ServiceImportError.operationID("a/b")) { try OpenAPIReader(Self.document(Self.car, id: "a/b")).operations() }
        #expect(throws: ServiceImportError.nothingToAnswer) {
            try OpenAPIReader(Self.document(["$ref": "https://elsewhere.test/schema.json"])).operations()
        }
    }

    /// A description that leads in circles, or very deep, ends.
    @Test func circlesAndDepthsEnd() throws {
        let circle: JSON = ["schemas": ["A": ["$ref": "#/components/schemas/B"], "B": ["$ref": "#/components/schemas/A"]]]
        #expect(throws: ServiceImportError.nothingToAnswer) {
            try OpenAPIReader(Self.document(["$ref": "#/components/schemas/A"], components: circle)).operations()
        }
        var deep: JSON = ["type": "string"]
        for _ in 0..<40 { deep = ["type": "object", "properties": ["a": deep, "b": ["type": "string"]]] }
        let fields = try OpenAPIReader(Self.document(deep)).operations()[0].fields
        #expect(fields.count == 12 && fields.allSatisfy { $0.pointer.hasSuffix("/b") })
    }

    @Test(arguments: TestDatabases.engines)
    func aNewVersionWarnsWhoUsesWhatIsGone(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            let root = TestPython.root
            try await Migrations([
                (module: "jobs", folder: "\(root)/Sources/Core/Jobs/Schema"), (module: "spine", folder: "\(root)/Sources/Components/Spine/Schema"),
            ]).apply(to: database)
            let spine = Spine(database: database)
            let first = try await spine.importService(
                Self.document(Self.car, components: Self.components), id: "cars", owner: "transport", by: "dana")
            #expect(first.version == 1 && first.changes.isEmpty && first.operations[0].fields.allSatisfy { $0.fieldClass == nil })
            #expect(try await spine.importService(Self.document(Self.car, components: Self.components), id: "cars", owner: "transport", by: "dana").version == 1)
            try await spine.classify(["/plate": .identifier], of: "cars.car", by: "dana")
            let content: JSON = [
                "id": "cars-police", "version": 1, "consumer": "police", "provider": "transport", "operations": ["cars.car"],
                "fields": [["pointer": "/year", "label": "year", "need": ["he": "צורך"], "law": "law"]], "purposes": ["p"], "law": "law",
                "population": ["he": "בעלי רכב"], "bases": ["law"], "actors": ["officer"], "assurance": ["credential": 2, "proof": 2], "ratePerMinute": 10,
                "retentionDays": 1, "visibility": "now", "validFrom": "2026-01-01", "validUntil": "2030-01-01",
            ]
            let agreement = try Agreement(json: content)
            try await database.write { try SpineStore().insert(agreement, status: .live, at: Instant(seconds: 1), in: $0) }
            var changed = Self.car
            changed["properties"] = ["plate": ["type": "string"], "year": ["type": "string"], "weight": ["type": "number"]]
            let second = try await spine.importService(Self.document(changed), id: "cars", owner: "transport", by: "dana")
            #expect(second.version == 2)
            #expect(second.changes.contains(.typeChanged(operation: "cars.car", pointer: "/year", from: "integer", to: "string")))
            #expect(second.changes.contains(.fieldAdded(operation: "cars.car", pointer: "/weight")))
            #expect(second.changes.contains(.fieldRemoved(operation: "cars.car", pointer: "/owner/name")))
            #expect(second.warnings.map(\.agreementID) == ["cars-police"])
            #expect(second.operations[0].fields.first { $0.pointer == "/plate" }?.fieldClass == .identifier, "a class outlives the version")
            await #expect(throws: ServiceImportError.self) {
                try await spine.importService(Self.document(changed), id: "cars", owner: "police", by: "ron")
            }
        }
    }
}
