/// What is wrong with a request: the words for whoever made it.
package struct RequestFault: Error, Hashable, Sendable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}
