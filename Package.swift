// swift-tools-version: 6.3
import PackageDescription

// Every target is a row of the tables below. Two environment variables narrow the manifest, because two cores build the
// whole stack in minutes and the core in seconds:
//   CORE_ONLY=1        the pure rooms and their tests
//   PACER_ONLY=A,B     these targets, what they depend on, and their tests

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"), .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]

/// A product of another package, by the name that the rows below use for it.
struct External {
    var product: String
    var package: String
    var url: String
    var version: Version
    var traits: Set<Package.Dependency.Trait>?
}

let externals: [External] = [
    External(
        product: "OrderedCollections",
        package: "swift-collections",
        url: "https://github.com/apple/swift-collections",
        version: "1.6.0"
    ),
    External(
        product: "Crypto",
        package: "swift-crypto",
        url: "https://github.com/apple/swift-crypto",
        version: "4.5.2"
    ),
    External(
        product: "SwiftProtobuf",
        package: "swift-protobuf",
        url: "https://github.com/apple/swift-protobuf",
        version: "1.39.0"
    ),
    External(product: "Logging", package: "swift-log", url: "https://github.com/apple/swift-log", version: "1.16.2"),
    External(
        product: "ArgumentParser",
        package: "swift-argument-parser",
        url: "https://github.com/apple/swift-argument-parser",
        version: "1.8.2"
    ),
    External(
        product: "ServiceLifecycle",
        package: "swift-service-lifecycle",
        url: "https://github.com/swift-server/swift-service-lifecycle",
        version: "2.13.0"
    ),
    External(
        product: "UnixSignals",
        package: "swift-service-lifecycle",
        url: "https://github.com/swift-server/swift-service-lifecycle",
        version: "2.13.0"
    ),
    External(
        product: "Hummingbird",
        package: "hummingbird",
        url: "https://github.com/hummingbird-project/hummingbird",
        version: "2.28.1",
        traits: []
    ),
    // Hummingbird's own foundations, where its API speaks in their types.
    External(product: "NIOCore", package: "swift-nio", url: "https://github.com/apple/swift-nio", version: "2.101.2"),
    External(product: "NIOPosix", package: "swift-nio", url: "https://github.com/apple/swift-nio", version: "2.101.2"),
    External(
        product: "HTTPTypes",
        package: "swift-http-types",
        url: "https://github.com/apple/swift-http-types",
        version: "1.0.0"
    ),
]

/// One target of ours: its folder, the targets and products it may import, and whether it has tests of its own.
struct Room {
    enum Kind { case library, executable, system, test }
    var name: String
    var folder: String
    var kind: Kind
    var dependencies: [String]
    /// Files in its folder that are not for the compiler.
    var excluded: [String] = []
}

func core(_ name: String, _ dependencies: [String] = []) -> Room {
    Room(name: name, folder: "Sources/Core/\(name)", kind: .library, dependencies: dependencies)
}

func system(_ name: String) -> Room {
    Room(name: name, folder: "Sources/System/\(name)", kind: .system, dependencies: [])
}

func adapter(_ name: String, _ dependencies: [String], excluding excluded: [String] = []) -> Room {
    Room(
        name: name,
        folder: "Sources/Adapters/\(name)",
        kind: .library,
        dependencies: dependencies,
        excluded: excluded
    )
}

func room(_ name: String, in folder: String, _ dependencies: [String], kind: Room.Kind = .library) -> Room {
    Room(name: name, folder: "Sources/\(folder)", kind: kind, dependencies: dependencies)
}

func tests(_ name: String, _ dependencies: [String]) -> Room {
    Room(name: name, folder: "Tests/\(name)", kind: .test, dependencies: dependencies)
}

let coreNames = ["Domain", "Manifests", "Planning", "Rollout", "Scheduling"]

let rooms: [Room] = [
    core("Domain", ["OrderedCollections"]),
    core("Manifests", ["Domain", "OrderedCollections"]),
    core("Planning", ["Domain", "OrderedCollections"]),
    core("Rollout", ["Domain", "Planning", "OrderedCollections"]),
    core("Scheduling", ["Domain", "OrderedCollections"]),

    room("Boundary", in: "Boundary", ["Domain", "Manifests", "Scheduling", "OrderedCollections"]),
    room("Controller", in: "Controller", coreNames + ["Boundary", "OrderedCollections", "Logging"]),

    system("CGit2"), system("CYAML"), system("CCurl"), system("CZooKeeper"), system("CZlib"),
    adapter("Digests", ["Crypto", "Domain"]),
    adapter("Cores", ["Manifests"]),
    adapter("YAMLReader", ["CYAML", "Domain", "Manifests", "OrderedCollections"]),
    adapter("GitSource", ["CGit2", "Boundary", "Domain", "Manifests", "Logging"]),
    adapter(
        "ZooKeeperStore",
        ["CZooKeeper", "CZlib", "Boundary", "Domain", "Logging"]
    ),
    adapter("HTTPClient", ["CCurl"]),
    adapter(
        "MesosWire",
        ["SwiftProtobuf", "Domain", "Scheduling", "OrderedCollections"],
        excluding: ["mesos.proto"]
    ),
    adapter("MesosClient", ["HTTPClient", "MesosWire", "Boundary", "Domain", "Scheduling", "Logging"]),
    adapter(
        "WebAPI",
        [
            "Hummingbird", "HTTPTypes", "NIOCore", "NIOPosix", "ServiceLifecycle", "Controller", "Logging",
            "OrderedCollections",
        ] + coreNames + ["Boundary"]
    ),

    room("LoopbackHTTP", in: "Testing/LoopbackHTTP", []),
    room(
        "Simulation",
        in: "Testing/Simulation",
        coreNames + ["Boundary", "Controller", "SeededRandom", "OrderedCollections", "Logging"]
    ),
    room("pacer-sim", in: "Testing/pacer-sim", ["Simulation"], kind: .executable),
    room("SeededRandom", in: "Testing/SeededRandom", []),
    room(
        "pacer-fuzz",
        in: "Testing/pacer-fuzz",
        ["SeededRandom", "Digests", "Domain", "Manifests", "YAMLReader", "ArgumentParser"],
        kind: .executable
    ),
    room("StoreFakes", in: "Testing/StoreFakes", ["Boundary", "Domain"]),
    room(
        "StatusSamples",
        in: "Testing/StatusSamples",
        ["Controller", "Domain", "Planning", "Scheduling", "OrderedCollections"]
    ),

    room(
        "Commands",
        in: "Apps/Commands",
        coreNames + [
            "Boundary", "Controller", "Cores", "Digests", "YAMLReader", "GitSource", "ZooKeeperStore", "HTTPClient",
            "MesosWire",
            "MesosClient", "WebAPI", "ArgumentParser", "ServiceLifecycle", "UnixSignals", "Logging",
            "OrderedCollections",
        ]
    ),
    room("pacer", in: "Apps/pacer", ["Commands"], kind: .executable),
    room(
        "pacer-bench",
        in: "Apps/pacer-bench",
        coreNames + [
            "Boundary", "Controller", "Cores", "Digests", "YAMLReader", "GitSource", "CYAML", "ArgumentParser",
            "OrderedCollections",
        ],
        kind: .executable
    ),

    tests("TidyTests", []),
    tests("DomainTests", ["Domain", "OrderedCollections"]),
    tests("ManifestsTests", ["Manifests", "Domain", "OrderedCollections"]),
    tests("PlanningTests", ["Planning", "Domain", "OrderedCollections"]),
    tests("RolloutTests", ["Rollout", "Planning", "Domain", "OrderedCollections"]),
    tests("SchedulingTests", ["Scheduling", "Domain", "OrderedCollections"]),
    tests(
        "ControllerTests",
        ["Controller", "Simulation", "Boundary"] + coreNames + ["OrderedCollections", "Logging"]
    ),
    tests("CoresTests", ["Cores", "Manifests"]),
    tests("YAMLReaderTests", ["YAMLReader", "Manifests", "Domain", "OrderedCollections"]),
    tests("GitSourceTests", ["GitSource", "Boundary", "Domain", "Manifests", "Logging"]),
    tests(
        "ZooKeeperStoreTests",
        ["ZooKeeperStore", "StoreFakes", "Boundary", "Domain", "OrderedCollections", "Logging"]
    ),
    tests("HTTPClientTests", ["HTTPClient", "LoopbackHTTP"]),
    tests("MesosWireTests", ["MesosWire", "Scheduling", "Domain", "SwiftProtobuf", "OrderedCollections"]),
    tests(
        "MesosClientTests",
        [
            "MesosClient", "HTTPClient", "MesosWire", "LoopbackHTTP", "Boundary", "Scheduling", "Domain", "Logging",
            "Manifests", "YAMLReader", "Digests", "SwiftProtobuf", "OrderedCollections",
        ]
    ),
    tests(
        "WebAPITests",
        ["WebAPI", "StatusSamples", "Controller", "Boundary", "ServiceLifecycle", "OrderedCollections"] + coreNames
            + ["Logging"]
    ),
    tests(
        "CommandsTests",
        [
            "Commands", "WebAPI", "StatusSamples", "YAMLReader", "Controller", "Boundary", "OrderedCollections",
            "Logging",
        ]
            + coreNames
    ),
    tests(
        "SimulationTests",
        ["pacer-sim", "Simulation", "Controller", "Boundary"] + coreNames + ["OrderedCollections"]
    ),
    tests("IntegrationTests", ["Commands", "Controller", "Boundary", "HTTPClient", "Domain", "Logging"]),
]

// MARK: - Narrowing

func closure(of names: [String]) -> Set<String> {
    var found: Set<String> = []
    var open = names
    while let name = open.popLast() {
        guard found.insert(name).inserted, let room = rooms.first(where: { $0.name == name }) else { continue }
        open += room.dependencies
    }
    return found
}

func wanted() -> Set<String>? {
    if Context.environment["CORE_ONLY"] != nil {
        return closure(of: coreNames + coreNames.map { $0 + "Tests" } + ["TidyTests"])
    }
    guard let only = Context.environment["PACER_ONLY"] else { return nil }
    let names = only.split(separator: ",").map(String.init)
    return closure(of: names + names.map { $0 + "Tests" })
}

let selection = wanted()
let included = rooms.filter { selection?.contains($0.name) ?? true }
var packages: Set<String> = []
let needed = externals.filter { external in
    included.contains { $0.dependencies.contains(external.product) } && packages.insert(external.package).inserted
}

func dependency(_ name: String) -> Target.Dependency {
    guard let external = externals.first(where: { $0.product == name }) else { return .target(name: name) }
    return .product(name: external.product, package: external.package)
}

func target(_ room: Room) -> Target {
    let dependencies = room.dependencies.map(dependency)
    switch room.kind {
    case .library:
        return .target(
            name: room.name,
            dependencies: dependencies,
            path: room.folder,
            exclude: room.excluded,
            swiftSettings: strict
        )
    case .executable:
        return .executableTarget(name: room.name, dependencies: dependencies, path: room.folder, swiftSettings: strict)
    case .test:
        // Golden files are read by their path, and rewritten in place; the build has no use for them.
        let golden = ["WebAPITests", "CommandsTests", "MesosClientTests"].contains(room.name) ? ["Golden"] : []
        return .testTarget(
            name: room.name,
            dependencies: dependencies,
            path: room.folder,
            exclude: golden,
            swiftSettings: strict
        )
    case .system:
        return .systemLibrary(name: room.name, path: room.folder)
    }
}

let package = Package(
    name: "pacer",
    dependencies: needed.map { external in
        if let traits = external.traits {
            return .package(url: external.url, from: external.version, traits: traits)
        }
        return .package(url: external.url, from: external.version)
    },
    targets: included.map(target),
)
