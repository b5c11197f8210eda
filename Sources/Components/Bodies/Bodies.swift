// Bodies
