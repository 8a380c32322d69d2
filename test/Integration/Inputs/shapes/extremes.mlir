// The operations that the dialect has and no spec can write.
!x = tensor<?x?xf32, #bridge.dims<"t", "s">>
!row = tensor<?xf32, #bridge.dims<"s">>
!i = tensor<?x?xi32, #bridge.dims<"t", "s">>
module attributes {bridge.model = "Extremes"} {
  func.func @extremes(%x: !x {bridge.name = "x"}, %row: !row {bridge.name = "row"}, %i: !i {bridge.name = "i"})
      -> (!x {bridge.name = "max"}, !x {bridge.name = "min"}, !i {bridge.name = "integers"}) attributes {bridge.entry} {
    %max = bridge.binary max %x, %row : !x, !row -> !x
    %min = bridge.binary min %x, %row : !x, !row -> !x
    %negative = bridge.unary neg %i : !i
    %integers = bridge.binary max %i, %negative : !i, !i -> !i
    return %max, %min, %integers : !x, !x, !i
  }
}
