// swift-tools-version: 6.2
import PackageDescription
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// The house has floors, and arrows point down: App > Journeys > Components > Contracts > Core.
// A module never imports its neighbour; what neighbours need of one another is a type in Contracts.
// `Tests/TidyTests` holds this file and the import lines to that rule.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Read at start from the resources folder, not compiled: an edited page or text recompiles nothing.
let rooms: [String] = ["Schema", "Templates", "Strings", "Static"]

func present(_ folder: String) -> [String] {
    rooms.filter { Context.environment["ZAMIN_ALL_ROOMS"] != nil || fileExists("\(Context.packageDirectory)/\(folder)/\($0)") }
}

func module(_ floor: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
    let folder = "Sources/\(floor)/\(name)"
    return .target(name: name, dependencies: dependencies, path: folder, exclude: present(folder), swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestKit"], path: "Tests/\(name)Tests",
        exclude: fileExists("\(Context.packageDirectory)/Tests/\(name)Tests/Vectors") ? ["Vectors"] : [], swiftSettings: settings)
}

let core: [Target.Dependency] = ["Values", "JSONSchema", "Database", "Web", "Trust", "Timestamping", "Transparency", "Language", "Jobs"]
let floor: [Target.Dependency] = core + ["Contracts", .product(name: "Logging", package: "swift-log")]
let http: [Target.Dependency] = [
    .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let components: [String] = [
    "Audit", "Bodies", "Catalogue", "Identity", "Spine", "AskOnce", "Forms", "Payments", "Messages", "Documents", "OpenID", "Officers", "Mandates", "Transfers", "Consents", "Corrections", "Meters",
]
let journeys: [String] = ["Portal", "Delivery", "PersonalZone"]
let simulators: [String] = ["Registers", "Acquirer"]
let clients: Set<String> = ["Spine", "Payments", "Messages", "OpenID"]

let package = Package(
    name: "zamin",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "zamin", targets: ["App"]), .executable(name: "benchmarks", targets: ["Benchmarks"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments"]),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    ],
    targets: [
        // Libraries of the system.
        .systemLibrary(name: "CLibPQ", path: "Sources/System/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSodium", path: "Sources/System/CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CFido2", path: "Sources/System/CFido2", pkgConfig: "libfido2", providers: [.apt(["libfido2-dev"])]),
        .systemLibrary(name: "COpenSSL", path: "Sources/System/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CQREncode", path: "Sources/System/CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "CCurl", path: "Sources/System/CCurl", linkerSettings: [.linkedLibrary("curl")]),

        // Core: no word of government in here.
        module("Core", "Values", []),
        module("Core", "JSONSchema", ["Values"]),
        module("Core", "Database", ["Values", "CLibPQ", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log")]),
        module("Core", "Trust", ["Values", "CSodium", .product(name: "Crypto", package: "swift-crypto"), .product(name: "_CryptoExtras", package: "swift-crypto")]),
        module("Core", "Authenticators", ["Values", "Trust", "CFido2", "COpenSSL", "CQREncode"]),
        module("Core", "Timestamping", ["Values", "Trust", "COpenSSL"] + http),
        module("Core", "Transparency", ["Values", "Database", "Trust", "Timestamping"]),
        module("Core", "Language", ["Values"]),
        module("Core", "Web", [
            "Values", "JSONSchema", "Language", "Trust",
            .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTLS", package: "hummingbird"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "Logging", package: "swift-log"),
        ]),
        module("Core", "Jobs", ["Values", "Database", .product(name: "Logging", package: "swift-log")]),

        .target(name: "Contracts", dependencies: core, path: "Sources/Contracts", swiftSettings: settings),
    ]
        + components.map { name in
            module("Components", name, floor + (clients.contains(name) ? http : []) + (name == "Messages" ? ["CCurl"] : []) + (name == "Identity" ? ["Authenticators"] : [])
                + (name == "Documents" ? [.product(name: "Subprocess", package: "swift-subprocess"), .product(name: "SystemPackage", package: "swift-system")] : [])
                + (name == "Forms" ? [.product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio")] : []))
        }
        + journeys.map { module("Journeys", $0, floor + ($0 == "Portal" ? ["Catalogue"] : [])) }
        + simulators.map { module("Simulators", $0, floor + http) }
        + [
            .target(
                name: "House",
                dependencies: floor + (components + journeys).map { .byName(name: $0) } + [
                    .product(name: "AsyncHTTPClient", package: "async-http-client"),
                    .product(name: "Configuration", package: "swift-configuration"),
                    .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "SystemPackage", package: "swift-system"),
                ],
                path: "Sources/House", swiftSettings: settings),
            .executableTarget(
                name: "App",
                dependencies: floor + ["House"] + (components + journeys + simulators).map { .byName(name: $0) } + http + [
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                    .product(name: "SystemPackage", package: "swift-system"), .product(name: "HTTPTypes", package: "swift-http-types"),
                    .product(name: "Subprocess", package: "swift-subprocess"),
                ],
                path: "Sources/App", swiftSettings: settings),
            .executableTarget(
                name: "Benchmarks",
                dependencies: floor + [
                    "House", "Audit", "Bodies", "Catalogue", "Identity", "OpenID", "TestAuthenticators", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                    .product(name: "GRDB", package: "GRDB.swift"), .product(name: "HTTPTypes", package: "swift-http-types"),
                    .product(name: "Hummingbird", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                ],
                path: "Benchmarks", exclude: ["run"], swiftSettings: settings),
            .target(name: "TestAuthenticators", dependencies: ["Values", "Trust"], path: "Tests/TestAuthenticators", swiftSettings: settings),
            .target(name: "TestKit", dependencies: floor, path: "Tests/TestKit", swiftSettings: settings),
        ]
        + ["Values", "JSONSchema", "Database", "Trust", "Timestamping", "Transparency", "Language", "Web", "Jobs"].map { tests($0, core) }
        + [tests("Authenticators", core + ["Authenticators", "TestAuthenticators"])]
        + (components + journeys + simulators).map { tests($0, floor + [.byName(name: $0)] + ($0 == "Portal" ? ["Catalogue", "Bodies"] : $0 == "Payments" ? ["Acquirer"] : $0 == "Identity" ? ["TestAuthenticators"] : [])) }
        + [tests("House", floor + ["House", "Catalogue"]), tests("Tidy", ["Values"])]
)

func fileExists(_ path: String) -> Bool { access(path, 0) == 0 }
