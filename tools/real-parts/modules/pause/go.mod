module real-parts/pause

go 1.26
