// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building or testing the gateway never builds the load client.

/// Settings every Swift target shares: a warning is an error, and an existential says `any`.
let common: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "pulsegate-benchmarks",
    products: [.executable(name: "pulsegate-load", targets: ["pulsegate-load"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CLoadShims", dependencies: ["COpenSSL"]),
        .target(name: "LinuxPolling", dependencies: ["CLoadShims"], swiftSettings: common),
        .target(name: "EchoUpstream", dependencies: ["LinuxPolling"], swiftSettings: common),
        .target(name: "LoadClient", dependencies: ["LinuxPolling", "COpenSSL", "CLoadShims"], swiftSettings: common),
        .executableTarget(
            name: "pulsegate-load",
            dependencies: [
                "LoadClient", "EchoUpstream", "LinuxPolling", "COpenSSL",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common
        ),
        .testTarget(name: "LinuxPollingTests", dependencies: ["LinuxPolling"], swiftSettings: common),
        .testTarget(name: "EchoUpstreamTests", dependencies: ["EchoUpstream", "LinuxPolling"], swiftSettings: common),
        .testTarget(
            name: "LoadClientTests",
            dependencies: ["LoadClient", "EchoUpstream", "LinuxPolling", "COpenSSL"],
            swiftSettings: common
        ),
        .testTarget(name: "pulsegate-loadTests", dependencies: ["pulsegate-load", "LoadClient"], swiftSettings: common),
    ],
    swiftLanguageModes: [.v6]
)
