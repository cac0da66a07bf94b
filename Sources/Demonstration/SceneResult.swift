/// How a scene ended.
package struct SceneResult: Sendable {
    /// What a platform behind the gateway received from the scene's device.
    package struct Delivery: Sendable {
        package enum Content: Sendable { case asSent, different }

        package let platform: String
        package let octets: Int
        package let content: Content
        /// The beginning, when it is text.
        package let excerpt: String?
    }

    package let scene: Scene
    package let observed: Experience
    package let milliseconds: Double
    package let delivery: Delivery?
    /// What there is to say beside the table.
    package let remarks: [String]
    /// What is wrong, although decision, reason and alert may be as told.
    package let objections: [String]

    package var passed: Bool { observed == scene.told && objections.isEmpty }
}

/// What the whole demonstration came to.
package struct DemonstrationSummary: Sendable {
    package let results: [SceneResult]
    /// Connections that reached a platform although no scene tells of their admission, and what came over them.
    package let strayConnections: Int
    package let strayOctets: Int
    package let deliveredConnections: Int
    package let milliseconds: Double

    package var passedScenes: Int { results.count { $0.passed } }

    package var passed: Bool { passedScenes == Scene.all.count && strayConnections == 0 }
}
