/// The rules that all pictures go by, for light and dark.
package enum PictureStyle {
  package static let rules = PlanDrawing.style + RunDrawing.style
}
