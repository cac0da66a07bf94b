// swift-tools-version: 6.2
import PackageDescription

// The module map, lowest layer first. An arrow only points to a lower layer or, within a layer, upwards in this list;
// `TidyTests` checks that and what each layer may import.

/// Settings every Swift target shares: a warning is an error, and an existential says `any`.
let common: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: common)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: common)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")

let package = Package(
    name: "pulsegate",
    products: [.executable(name: "pulsegate", targets: ["pulsegate"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // 0. C doors
        .systemLibrary(name: "CLibev", providers: [.apt(["libev-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CLinuxShims"),
        .target(name: "CCurlShims", dependencies: ["CCurl"]),
        .target(name: "CLibevShims", dependencies: ["CLibev"]),
        .target(name: "COpenSSLShims", dependencies: ["COpenSSL"]),
        .target(name: "CLeanProvider", dependencies: ["COpenSSL"]),

        // 1. Words
        target("PKITypes"),
        target("DER", ["PKITypes"]),
        target("X509", ["DER", "PKITypes"]),
        target("Observability", ["PKITypes"]),

        // 2. Pure
        target("PathValidation", ["DER", "X509", "PKITypes"]),
        target("RevocationLists", ["DER", "X509", "PKITypes"]),
        .target(
            name: "VerificationCore",
            dependencies: ["PathValidation", "RevocationLists", "X509", "DER", "PKITypes"],
            // Optimised in debug builds, too: a test counts what a decision allocates, of which unoptimised code says nothing.
            swiftSettings: common + [.unsafeFlags(["-O"], .when(configuration: .debug))]
        ),
        target("WireProtocols", ["PKITypes"]),
        target("SessionRelay", ["VerificationCore", "PKITypes"]),

        // 3. Effects
        target("FileSystem", ["CLinuxShims"]),
        target("EventLoop", ["CLibev", "CLibevShims", "CLinuxShims"]),
        target(
            "SignatureChecking",
            [
                "COpenSSL", "COpenSSLShims", "CLeanProvider", "PathValidation", "RevocationLists", "VerificationCore", "X509",
                "PKITypes",
            ]),
        target("TLSStream", ["SignatureChecking", "COpenSSL", "COpenSSLShims", "PKITypes"]),
        target(
            "TLSTermination",
            ["TLSStream", "SignatureChecking", "COpenSSL", "COpenSSLShims", "DER", "VerificationCore", "PKITypes"]),
        target(
            "TLSOrigination",
            ["EventLoop", "CLinuxShims", "TLSStream", "SignatureChecking", "COpenSSL", "COpenSSLShims", "PKITypes"]),
        target("Configuration", ["CYAML", "DER", "VerificationCore", "PKITypes"]),
        target("HTTPClient", ["CCurl", "CCurlShims"]),
        target("LabPKI", ["COpenSSL", "COpenSSLShims", "PKITypes"]),

        // 4. Planes
        target("DeviceRegistry", ["FileSystem", "PKITypes", grdb]),
        target(
            "RevocationRefresh",
            ["FileSystem", "RevocationLists", "SignatureChecking", "VerificationCore", "X509", "DER", "PKITypes"]),
        target(
            "SnapshotAssembly",
            [
                "Configuration", "DeviceRegistry", "FileSystem", "PathValidation", "RevocationLists", "RevocationRefresh",
                "SignatureChecking",
                "VerificationCore", "X509", "PKITypes",
            ]
        ),
        target(
            "DataPlane",
            [
                "EventLoop", "TLSTermination", "TLSOrigination", "TLSStream", "SignatureChecking", "PathValidation",
                "VerificationCore", "SessionRelay", "WireProtocols", "Observability", "PKITypes", "X509",
            ]
        ),
        target("AdminAPI", ["Observability", "PKITypes", flyingFox]),
        target("AdminClient", ["DeviceRegistry", "HTTPClient", "PKITypes"]),

        // 5. Compositions
        target(
            "Gateway",
            [
                "Configuration", "DER", "DeviceRegistry", "FileSystem", "PathValidation", "SnapshotAssembly", "RevocationRefresh",
                "DataPlane",
                "AdminAPI", "CLinuxShims", "HTTPClient", "EventLoop", "TLSTermination", "TLSOrigination", "TLSStream",
                "SignatureChecking", "VerificationCore",
                "X509",
                "Observability", "PKITypes",
                logging,
            ]
        ),
        target(
            "OfflineVerification",
            [
                "DER", "FileSystem", "PathValidation", "RevocationRefresh", "SignatureChecking", "VerificationCore", "X509",
                "PKITypes",
            ]
        ),
        target(
            "Explanation",
            [
                "Configuration", "DER", "OfflineVerification", "PathValidation", "RevocationLists", "SignatureChecking",
                "VerificationCore", "X509", "PKITypes",
            ]
        ),
        target("Proposal", ["Configuration", "DeviceRegistry", "PKITypes"]),
        target(
            "Demonstration",
            [
                "Gateway", "Configuration", "DeviceRegistry", "LabPKI", "TLSOrigination", "TLSStream", "SignatureChecking",
                "EventLoop", "PKITypes", logging,
            ]
        ),

        // 6. The executable
        .executableTarget(
            name: "pulsegate",
            dependencies: [
                "Gateway", "AdminClient", "HTTPClient", "Configuration", "DER", "EventLoop", "Explanation", "FileSystem",
                "OfflineVerification", "LabPKI", "Demonstration", "DeviceRegistry", "Proposal", "SignatureChecking",
                "VerificationCore", "X509", "PKITypes", argumentParser, logging,
            ],
            swiftSettings: common
        ),

        // Rooms for tests: one per target, then those that judge the whole.
        .target(
            name: "GatewayTesting",
            dependencies: [
                "Gateway", "DataPlane", "Configuration", "LabPKI", "TLSOrigination", "TLSTermination", "TLSStream",
                "SignatureChecking",
                "EventLoop", "PKITypes", logging,
            ],
            path: "Tests/Support/GatewayTesting",
            swiftSettings: common
        ),
        .target(
            name: "TLSTesting",
            dependencies: [
                "TLSTermination", "TLSOrigination", "TLSStream", "PathValidation", "SignatureChecking", "PKITypes", "LabPKI",
            ],
            path: "Tests/Support/TLSTesting",
            swiftSettings: common
        ),
        .target(name: "CAllocationCount", path: "Tests/Support/CAllocationCount"),
        // A process that a test kills while it writes.
        .executableTarget(
            name: "registry-writer", dependencies: ["DeviceRegistry", "PKITypes"], path: "Tests/Support/RegistryWriter",
            swiftSettings: common),
        .target(name: "DERTesting", path: "Tests/Support/DERTesting", swiftSettings: common),
        .target(
            name: "WireTesting", dependencies: ["WireProtocols", "PKITypes"], path: "Tests/Support/WireTesting",
            swiftSettings: common
        ),
        .target(name: "RandomTesting", path: "Tests/Support/RandomTesting", swiftSettings: common),
        .target(name: "OpenSSLTesting", path: "Tests/Support/OpenSSLTesting", swiftSettings: common),
        // Beside it, Tests/Fuzzing holds what runs it under libFuzzer: its flags would reach every target here.
        .target(
            name: "FuzzProperties",
            dependencies: [
                "DERTesting", "WireTesting", "Configuration", "DER", "PKITypes", "PathValidation", "RevocationLists",
                "VerificationCore", "X509",
            ],
            path: "Tests/Fuzzing/Properties",
            swiftSettings: common
        ),
        tests("PKITypesTests", ["PKITypes"]),
        tests("DERTests", ["DERTesting", "DER", "PKITypes"]),
        tests("X509Tests", ["DERTesting", "OpenSSLTesting", "FuzzProperties", "X509", "DER", "PKITypes", "LabPKI"]),
        tests("ObservabilityTests", ["Observability", "PKITypes"]),
        tests(
            "PathValidationTests",
            [
                "DERTesting", "RandomTesting", "PathValidation", "SignatureChecking", "VerificationCore", "DER", "X509",
                "PKITypes", "LabPKI",
            ]
        ),
        tests(
            "RevocationListsTests",
            ["DERTesting", "OpenSSLTesting", "FuzzProperties", "RevocationLists", "DER", "X509", "PKITypes", "LabPKI"]
        ),
        tests(
            "VerificationCoreTests",
            [
                "CAllocationCount", "RandomTesting", "VerificationCore", "SignatureChecking", "PathValidation", "RevocationLists",
                "X509", "PKITypes", "LabPKI",
            ]
        ),
        tests("WireProtocolsTests", ["WireTesting", "WireProtocols", "PKITypes"]),
        tests("SessionRelayTests", ["RandomTesting", "SessionRelay", "VerificationCore", "PKITypes"]),
        tests("FileSystemTests", ["FileSystem"]),
        tests("EventLoopTests", ["EventLoop"]),
        tests(
            "SignatureCheckingTests",
            [
                "COpenSSL", "SignatureChecking", "PathValidation", "RevocationLists", "VerificationCore", "X509", "PKITypes",
                "LabPKI",
            ]
        ),
        tests("TLSStreamTests", ["TLSTesting", "TLSStream", "PKITypes"]),
        tests(
            "TLSTerminationTests",
            ["DERTesting", "RandomTesting", "TLSTesting", "TLSTermination", "TLSStream", "PKITypes", "LabPKI"]),
        tests("TLSOriginationTests", ["TLSTesting", "TLSOrigination", "TLSStream", "PKITypes", "LabPKI"]),
        tests("ConfigurationTests", ["Configuration", "VerificationCore", "PKITypes"], resources: [.copy("Fixtures")]),
        tests("LabPKITests", ["LabPKI", "PKITypes"]),
        tests("ProposalTests", ["Proposal", "Configuration", "DeviceRegistry", "PKITypes"]),
        tests("DeviceRegistryTests", ["GatewayTesting", "registry-writer", "DeviceRegistry", "PKITypes", grdb]),
        tests(
            "RevocationRefreshTests",
            [
                "FileSystem", "RevocationRefresh", "PathValidation", "RevocationLists", "SignatureChecking", "VerificationCore",
                "X509", "PKITypes", "LabPKI",
            ]
        ),
        tests(
            "SnapshotAssemblyTests",
            [
                "SnapshotAssembly", "Configuration", "DeviceRegistry", "FileSystem", "RevocationRefresh", "VerificationCore",
                "PKITypes", "LabPKI",
            ]
        ),
        tests(
            "DataPlaneTests",
            [
                "CAllocationCount", "GatewayTesting", "RandomTesting", "DataPlane", "EventLoop", "LabPKI", "Observability",
                "PathValidation", "RevocationLists", "SignatureChecking", "VerificationCore", "PKITypes",
            ]
        ),
        tests("AdminAPITests", ["GatewayTesting", "AdminAPI", "HTTPClient", "Observability", "PKITypes"]),
        tests("HTTPClientTests", ["GatewayTesting", "HTTPClient"]),
        tests("AdminClientTests", ["GatewayTesting", "AdminAPI", "AdminClient", "DeviceRegistry", "PKITypes"]),
        tests(
            "GatewayTests",
            [
                "GatewayTesting", "Gateway", "DataPlane", "Configuration", "EventLoop", "PathValidation", "VerificationCore",
                "PKITypes", "LabPKI", "SignatureChecking", "TLSOrigination", "TLSStream", "TLSTermination", logging,
            ]),
        tests("OfflineVerificationTests", ["OfflineVerification", "X509", "LabPKI", "PKITypes"]),
        tests(
            "ExplanationTests",
            [
                "Explanation", "OfflineVerification", "PathValidation", "RevocationLists", "SignatureChecking",
                "VerificationCore", "X509", "PKITypes", "LabPKI",
            ]
        ),
        tests("DemonstrationTests", ["Demonstration"]),
        tests(
            "pulsegateTests",
            [
                "GatewayTesting", "pulsegate", "DeviceRegistry", "LabPKI", "TLSOrigination", "TLSStream", "SignatureChecking",
                "EventLoop", "PKITypes",
            ]),
        tests(
            "ConformanceTests",
            [
                "FuzzProperties", "RandomTesting", "OfflineVerification", "RevocationLists", "PathValidation", "X509", "DER",
                "PKITypes", "LabPKI", "COpenSSL", "COpenSSLShims",
            ],
            resources: [.copy("Fixtures")]),
        tests(
            "EndToEndTests",
            [
                "GatewayTesting", "WireTesting", "Gateway", "AdminClient", "Configuration", "DeviceRegistry", "Proposal", "LabPKI",
                "TLSOrigination",
                "TLSTermination", "TLSStream", "EventLoop",
                "WireProtocols", "PKITypes",
            ]),
        tests(
            "InteropTests",
            [
                "GatewayTesting", "Gateway", "Configuration", "LabPKI", "TLSOrigination", "TLSStream", "EventLoop",
                "WireProtocols", "PKITypes",
            ]),
        tests("FuzzTests", ["FuzzProperties"], resources: [.copy("Corpora")]),
        tests("TidyTests", []),

        // The decision alone, measured: here and not in the package of Benchmarks, because it needs `package` access.
        .executableTarget(
            name: "decision-benchmark",
            dependencies: [
                "CAllocationCount", "COpenSSL", "COpenSSLShims", "DataPlane", "EventLoop", "FileSystem", "LabPKI",
                "Observability", "PathValidation", "RevocationRefresh", "SignatureChecking", "VerificationCore", "X509",
                "PKITypes",
                argumentParser,
            ],
            path: "Benchmarks/Decision",
            swiftSettings: common
        ),
    ],
    swiftLanguageModes: [.v6]
)
