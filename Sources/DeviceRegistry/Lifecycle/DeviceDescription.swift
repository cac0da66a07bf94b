/// What an inventory knows of a device, none of which any certificate says. Empty text is unknown.
package struct DeviceDescription: Hashable, Sendable {
    package var owner = ""
    package var model = ""
    /// The device identifier of its UDI: which product it is, in which version (GS1, HIBCC or ICCBBA).
    package var udiDI = ""
    package var lot = ""
    package var serialNumber = ""
    package var firmware = ""
    package var site = ""
    package var zone = ""
    package var notes = ""

    package init() {}
}
